package io.datastored.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SocketServerTest {
  @TempDir Path directory;

  private Path socket() {
    return directory.resolve("d.sock");
  }

  private ServerSocketChannel serve(int backlog) throws IOException {
    return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(socket()), backlog);
  }

  @Test
  void at_aProcessListens_isThatProcess() throws Exception {
    try (ServerSocketChannel live = serve(5)) {
      assertThat(live.isOpen()).isTrue();
      assertThat(SocketServer.at(socket()))
          .contains(
              new SocketServer(
                  (Integer) Files.getAttribute(directory, "unix:uid"),
                  (int) ProcessHandle.current().pid()));
    }
  }

  @Test
  void at_nobodyListens_isEmpty() throws Exception {
    assertThat(SocketServer.at(socket())).isEmpty();
    serve(5).close();
    assertThat(socket()).exists();
    assertThat(SocketServer.at(socket())).isEmpty();
  }

  /** A stopped server is not mistaken for a stale socket, and nobody waits for it. */
  @Test
  void at_itAcceptsNoConnections_isAnError() throws Exception {
    try (ServerSocketChannel full = serve(1);
        SocketChannel waiting = SocketChannel.open(StandardProtocolFamily.UNIX);
        SocketChannel waitingToo = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      assertThat(full.isOpen()).isTrue();
      waiting.connect(UnixDomainSocketAddress.of(socket()));
      waitingToo.connect(UnixDomainSocketAddress.of(socket()));
      assertThatThrownBy(() -> SocketServer.at(socket()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("unavailable");
    }
  }
}
