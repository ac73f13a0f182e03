package io.datastored.daemon;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Random;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A new socket is a Unix socket that is not yet in its final place. Confined to the start.
 *
 * <p>It is bound in a directory that only this user can enter, gets its mode and group there, and
 * is then renamed into place. If it were bound in place, it would have the umask's mode until that
 * is changed, and a client that connects in between would stay connected.
 */
final class NewSocket {
  private static final Logger log = LoggerFactory.getLogger(NewSocket.class);

  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");

  private final ListenAddress.Unix address;
  private final SocketAccess access;
  private final Path directory;

  private NewSocket(ListenAddress.Unix address, SocketAccess access, Path directory) {
    this.address = address;
    this.access = access;
    this.directory = directory;
  }

  /** Creates the private directory beside the socket's place. */
  static NewSocket at(ListenAddress.Unix address, SocketAccess access) throws DaemonStartException {
    try {
      return new NewSocket(
          address, access, privateDirectoryBeside(address.path().toAbsolutePath()));
    } catch (IOException e) {
      throw refused(address, e.toString(), e);
    }
  }

  /** The name is short: a socket's path has 107 bytes at most. */
  private static Path privateDirectoryBeside(Path place) throws IOException {
    var names = new Random();
    while (true) {
      try {
        return Files.createDirectory(
            place.resolveSibling(".d" + Integer.toHexString(names.nextInt(1 << 16))),
            PosixFilePermissions.asFileAttribute(PRIVATE));
      } catch (FileAlreadyExistsException taken) {
        continue;
      }
    }
  }

  /** The path to bind. */
  Path path() {
    return directory.resolve("s");
  }

  /** Sets the socket's access, and moves it into place. */
  void publish() throws DaemonStartException {
    try {
      if (access.group().isPresent()) {
        var groups = path().getFileSystem().getUserPrincipalLookupService();
        Files.getFileAttributeView(path(), PosixFileAttributeView.class)
            .setGroup(groups.lookupPrincipalByGroupName(access.group().get()));
      }
      Files.setPosixFilePermissions(path(), access.mode());
      Files.move(path(), address.path(), StandardCopyOption.ATOMIC_MOVE);
      Files.delete(directory);
    } catch (UserPrincipalNotFoundException e) {
      throw refused(address, "there is no group " + access.group().orElse(""), e);
    } catch (IOException e) {
      throw refused(address, e.toString(), e);
    }
  }

  /** Removes what a failed start has left. */
  void discard() {
    try {
      Files.deleteIfExists(path());
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      log.atWarn().log("cannot remove {}: {}", directory, e.toString());
    }
  }

  private static DaemonStartException refused(
      ListenAddress.Unix address, String why, IOException cause) {
    return new DaemonStartException(
        DaemonStartException.Kind.ADDRESS,
        "cannot listen on %s: %s".formatted(address, why),
        cause);
  }
}
