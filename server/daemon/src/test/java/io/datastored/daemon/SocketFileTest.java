package io.datastored.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SocketFileTest {
  @TempDir Path directory;

  @Test
  void removeStale_nobodyListens_isRemoved() throws Exception {
    Path path = directory.resolve("d.sock");
    bind(path).close();
    assertThat(path).exists();

    SocketFile.of(path).removeStale();

    assertThat(path).doesNotExist();
  }

  @Test
  void removeStale_somebodyListens_isRefusedAndStays() throws Exception {
    Path path = directory.resolve("d.sock");
    try (ServerSocketChannel live = bind(path)) {
      assertThat(live.isOpen()).isTrue();
      assertThatThrownBy(() -> SocketFile.of(path).removeStale())
          .isInstanceOf(DaemonStartException.class)
          .hasMessageContaining("process " + ProcessHandle.current().pid());
      assertThat(path).exists();
    }
  }

  @Test
  void removeStale_fileOrDirectory_isRefusedAndStays() throws Exception {
    Path file = Files.writeString(directory.resolve("precious"), "data");

    assertThatThrownBy(() -> SocketFile.of(file).removeStale())
        .hasMessageContaining("not a socket");
    assertThatThrownBy(() -> SocketFile.of(directory).removeStale())
        .hasMessageContaining("not a socket");
    assertThat(file).hasContent("data");
  }

  @Test
  void removeStale_pipe_isRefusedAndStays() throws Exception {
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    assertThatThrownBy(() -> SocketFile.of(pipe).removeStale())
        .hasMessageContaining("not a socket");
    assertThat(pipe).exists();
  }

  @Test
  void removeStale_nothing_isFine() throws Exception {
    SocketFile.of(directory.resolve("none")).removeStale();
  }

  private static ServerSocketChannel bind(Path path) throws Exception {
    return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(path));
  }
}
