package io.datastored.cli.flag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import io.datastored.daemon.SocketPlaces;
import io.datastored.file.RuntimeDirectories;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalServerTest {
  @TempDir Path directory;

  private SocketPlaces places() throws IOException {
    return new SocketPlaces(
        new RuntimeDirectories(
            Map.of(
                "RUNTIME_DIRECTORY", directory.resolve("given").toString(),
                "XDG_RUNTIME_DIR", Files.createDirectories(directory.resolve("login")).toString()),
            Files.createDirectories(directory.resolve("run"))),
        directory,
        (Integer) Files.getAttribute(directory, "unix:uid"));
  }

  private static ServerSocketChannel serve(Path socket) throws IOException {
    Files.createDirectories(socket.getParent());
    return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(socket));
  }

  @Test
  void address_severalServers_theFirstInOrder() throws Exception {
    serve(directory.resolve("given/datastored.sock")).close();
    try (ServerSocketChannel first = serve(directory.resolve("run/datastored/datastored.sock"));
        ServerSocketChannel second = serve(directory.resolve("login/datastored/datastored.sock"))) {
      assertThat(first.isOpen() && second.isOpen()).isTrue();
      assertThat(LocalServer.address(places()).text())
          .isEqualTo("unix:" + directory.resolve("run/datastored/datastored.sock"));
    }
  }

  @Test
  void address_noServer_listsWhatWasTried_andWhatToDo() throws Exception {
    SocketPlaces places = places();
    serve(directory.resolve("run/datastored/datastored.sock")).close();

    CommandFailed failed =
        catchThrowableOfType(CommandFailed.class, () -> LocalServer.address(places));

    assertThat(failed.status()).isEqualTo(ExitStatus.UNREACHABLE);
    assertThat(failed.sentence())
        .isEqualTo(
            """
            No server can be called on this host. Tried:
              unix:%s/given/datastored.sock: it does not exist
              unix:%s/run/datastored/datastored.sock: no server listens on it
              unix:%s/login/datastored/datastored.sock: it does not exist
              unix:%s/datastored-%d/datastored.sock: it does not exist
            Start one with 'datastored serve --config FILE', or give the address of a server that \
            runs: --server HOST:PORT or --server unix:/PATH."""
                .formatted(directory, directory, directory, directory, places.uid()));
  }
}
