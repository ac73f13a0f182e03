package io.datastored.daemon;

import io.datastored.transport.SocketServer;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A socket place is a directory in which the default Unix socket of a server can be. Immutable.
 *
 * @param directory of the socket
 * @param mode of the directory if a server creates it
 * @param uid the user of this process
 */
public record SocketPlace(Path directory, Set<PosixFilePermission> mode, int uid) {
  private static final int ROOT = 0;

  public SocketPlace {
    mode = Set.copyOf(mode);
  }

  public Path socket() {
    return directory.resolve("datastored.sock");
  }

  /** Creates the directory if it does not exist. */
  void makeDirectory() throws IOException {
    if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      try {
        Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(mode));
        // Whatever the umask is: other users must reach the socket.
        Files.setPosixFilePermissions(directory, mode);
      } catch (FileAlreadyExistsException e) {
        // Another process was faster; the owner is checked next.
      }
    }
  }

  /**
   * Why a server must not use the directory: its owner, or whoever may write to it, could replace
   * what the server creates. Empty if there is no reason.
   *
   * @throws IOException also if this user may not write to it
   */
  Optional<String> danger() throws IOException {
    Entry found = Entry.of(directory);
    if (!trusted(found.uid)) {
      return Optional.of("it belongs to uid " + Integer.toUnsignedString(found.uid));
    }
    Optional<String> exposure = found.exposure();
    if (exposure.isEmpty() && !Files.isWritable(directory)) {
      throw new AccessDeniedException(directory.toString());
    }
    return exposure;
  }

  /**
   * Why a command must not call a server here; empty if it may call it.
   *
   * <p>The directory is checked before the process: after that, nobody who is not trusted can put
   * another socket in this place.
   */
  public Optional<String> obstacle() {
    try {
      Optional<String> exposure = exposure();
      if (exposure.isPresent()) {
        return exposure;
      }
      Entry unused = Entry.of(socket());
      Optional<SocketServer> server = SocketServer.at(socket());
      if (server.isEmpty()) {
        return Optional.of("no server listens on it");
      }
      int owner = Entry.of(directory).uid;
      return trusted(server.get().uid()) || server.get().uid() == owner
          ? Optional.empty()
          : Optional.of(
              "%s listens on it, and may not: it is neither root, nor you, nor uid %s, who owns the directory"
                  .formatted(server.get(), Integer.toUnsignedString(owner)));
    } catch (IOException e) {
      return Optional.of(reason(e));
    }
  }

  /**
   * Why somebody else than root, this user and the owner of the directory could have put a socket
   * here. Empty if nobody else could.
   */
  private Optional<String> exposure() throws IOException {
    Optional<String> own = Entry.of(directory).exposure();
    if (own.isPresent()) {
      return own;
    }
    // By both paths: a link on the way can be replaced by whoever may write to its directory.
    for (Path path : List.of(directory, directory.toRealPath())) {
      Path child = path;
      for (Path parent = child.getParent(); parent != null; parent = child.getParent()) {
        Optional<String> above = exposure(parent, child);
        if (above.isPresent()) {
          return above;
        }
        child = parent;
      }
    }
    return Optional.empty();
  }

  /** Why somebody who is not trusted could replace the child of a directory. */
  private Optional<String> exposure(Path parent, Path child) throws IOException {
    Entry above = Entry.of(parent.toRealPath());
    if (!trusted(above.uid)) {
      return Optional.of(
          "%s belongs to uid %s".formatted(parent, Integer.toUnsignedString(above.uid)));
    }
    if (!above.writableByOthers()) {
      return Optional.empty();
    }
    // In a directory like /tmp everybody can create a child, but only its owner can replace it.
    if (!above.sticky()) {
      return Optional.of("other users may write to " + parent);
    }
    Entry below = Entry.of(child);
    return trusted(below.uid)
        ? Optional.empty()
        : Optional.of("%s belongs to uid %s".formatted(child, Integer.toUnsignedString(below.uid)));
  }

  private boolean trusted(int other) {
    return other == ROOT || other == uid;
  }

  /** The failure in the words of a user. */
  static String reason(IOException failure) {
    if (failure instanceof NoSuchFileException) {
      return "it does not exist";
    }
    if (failure instanceof AccessDeniedException) {
      return "permission denied";
    }
    String told =
        failure instanceof FileSystemException file ? file.getReason() : failure.getMessage();
    return Objects.requireNonNullElse(told, failure.toString());
  }

  /** An entry is what a directory has under a name, links not followed. Immutable. */
  private record Entry(int uid, int fileMode) {
    private static final int FILE_TYPE = 0170000;
    private static final int LINK = 0120000;
    private static final int DIRECTORY = 0040000;
    private static final int STICKY = 01000;
    private static final int WRITABLE_BY_OTHERS = 0022;

    static Entry of(Path path) throws IOException {
      Map<String, Object> found =
          Files.readAttributes(path, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
      return new Entry(number(found, "uid"), number(found, "mode"));
    }

    private static int number(Map<String, Object> found, String name) {
      return (Integer) Objects.requireNonNull(found.get(name));
    }

    boolean writableByOthers() {
      return (fileMode & WRITABLE_BY_OTHERS) != 0;
    }

    boolean sticky() {
      return (fileMode & STICKY) != 0;
    }

    /** Why others than the owner could write to it, or lead it elsewhere. */
    Optional<String> exposure() {
      int type = fileMode & FILE_TYPE;
      if (type == LINK) {
        return Optional.of("the directory is a symbolic link");
      }
      if (type != DIRECTORY) {
        return Optional.of("it is not a directory");
      }
      return writableByOthers()
          ? Optional.of("others than its owner may write to the directory")
          : Optional.empty();
    }
  }
}
