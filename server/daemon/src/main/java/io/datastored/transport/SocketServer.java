package io.datastored.transport;

import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.PeerCredentials;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * A socket server is the process that listens on a Unix socket, as the kernel recorded it when the
 * process began to listen. Immutable.
 *
 * @param uid its user
 * @param pid its process id; 0 if it has none in this process's namespace
 */
public record SocketServer(int uid, int pid) {

  /**
   * The process that listens on a socket; empty if there is none. Does not wait: a process that
   * accepts no connections is an error.
   *
   * @throws IOException if that cannot be found out, for example without permission to connect
   */
  public static Optional<SocketServer> at(Path path) throws IOException {
    if (!EventLoops.unixSocketsWork()) {
      throw new IOException(EventLoops.NO_UNIX_SOCKETS);
    }
    LinuxSocket socket = LinuxSocket.newSocketDomain();
    try {
      boolean unused = socket.connect(new DomainSocketAddress(path.toFile()));
      // Never registered: the channel only gives access to the credentials.
      PeerCredentials peer = new EpollDomainSocketChannel(null, socket).peerCredentials();
      return Optional.of(new SocketServer(peer.uid(), peer.pid()));
    } catch (FileNotFoundException noFile) {
      return Optional.empty();
    } catch (ConnectException failed) {
      if (isRefused(failed)) {
        return Optional.empty();
      }
      throw failed;
    } finally {
      socket.close();
    }
  }

  /** Compared by message: Netty's exception does not give access to the number of the error. */
  private static boolean isRefused(ConnectException failed) {
    IOException refused = Errors.newIOException("connect", Errors.ERROR_ECONNREFUSED_NEGATIVE);
    return Objects.equals(failed.getMessage(), refused.getMessage());
  }

  @Override
  public String toString() {
    String user = "uid " + Integer.toUnsignedString(uid);
    return pid == 0 ? "a process of " + user : "process %d of %s".formatted(pid, user);
  }
}
