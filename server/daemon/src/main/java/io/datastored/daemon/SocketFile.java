package io.datastored.daemon;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

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
   * Removes the file that a killed server left. A socket with a listener stays, and so does any
   * file that is not a socket.
   *
   * @throws DaemonStartException if the place is taken
   */
  void removeStale() throws DaemonStartException {
    try {
      if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        return;
      }
      // In Java, pipes and devices are "other" too; only a socket may be removed.
      int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
      if ((mode & FILE_TYPE) != SOCKET) {
        throw taken("there is a file that is no socket");
      }
      if (somebodyAnswers()) {
        throw taken("another process listens there");
      }
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new DaemonStartException(
          DaemonStartException.Kind.ADDRESS,
          "cannot listen on unix://%s: %s".formatted(path, e),
          e);
    }
  }

  private boolean somebodyAnswers() {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(path));
    } catch (IOException e) {
      return false;
    }
  }

  private DaemonStartException taken(String reason) {
    return new DaemonStartException(
        DaemonStartException.Kind.ADDRESS,
        "cannot listen on unix://%s: %s".formatted(path, reason));
  }
}
