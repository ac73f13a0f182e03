package io.datastored.daemon;

import io.datastored.transport.SocketServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/** A socket file is the place of a Unix socket in the file system. Immutable. */
final class SocketFile {
  private static final int FILE_TYPE = 0170000;
  private static final int SOCKET = 0140000;

  private final Path path;

  private SocketFile(Path path) {
    this.path = path;
  }

  static SocketFile of(Path path) {
    return new SocketFile(path);
  }

  /**
   * Leaves the file in place; the bind removes a stale one.
   *
   * @throws DaemonStartException if a process listens there, or the file is not a socket
   */
  void requireFree() throws DaemonStartException {
    try {
      boolean unused = isStale();
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  /**
   * Removes the file that a killed server left. A socket with a listener stays, and so does any
   * file that is not a socket.
   *
   * @throws DaemonStartException if the place is taken
   */
  void removeStale() throws DaemonStartException {
    try {
      if (isStale()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  private boolean isStale() throws IOException, DaemonStartException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    // In Java, pipes and devices are "other" too; only a socket may be removed.
    int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    if ((mode & FILE_TYPE) != SOCKET) {
      throw taken("there is a file that is not a socket");
    }
    Optional<SocketServer> live = SocketServer.at(path);
    if (live.isPresent()) {
      throw taken(
          live.get() + " listens there already; stop it, or choose other addresses with --listen");
    }
    return true;
  }

  private DaemonStartException taken(String reason) {
    return new DaemonStartException(DaemonStartException.Kind.ADDRESS, sentence(reason));
  }

  private DaemonStartException unusable(IOException cause) {
    return new DaemonStartException(
        DaemonStartException.Kind.ADDRESS, sentence(SocketPlace.reason(cause)), cause);
  }

  private String sentence(String reason) {
    return "cannot listen on unix:%s: %s".formatted(path, reason);
  }
}
