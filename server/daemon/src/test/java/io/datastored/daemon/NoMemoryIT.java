package io.datastored.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that runs out of memory ends, so that it is started again. */
final class NoMemoryIT {

  private static final int ENDED_WITHOUT_MEMORY = 3;
  private static final int TOO_MANY = 400_000;

  @TempDir Path directory;

  @Test
  void outOfMemory_endsTheProcess_withTheVirtualMachinesOwnStatus() throws Exception {
    Path config = directory.resolve("datastore.cfg");
    Files.writeString(config, "datastore: main\n\tpath /srv/main\n");
    try (ServerProcess server =
        ServerProcess.start(directory, List.of("-Xmx24m", "-XX:+ExitOnOutOfMemoryError"))) {
      assertThat(server.alive()).as(server::err).isTrue();
      StringBuilder many = new StringBuilder();
      for (int i = 0; i < TOO_MANY; i++) {
        many.append("datastore: d%06d\n\tpath /srv/d%06d\n\n".formatted(i, i));
      }
      Path next = Files.writeString(directory.resolve("next"), many);
      Files.move(next, config, StandardCopyOption.ATOMIC_MOVE);
      assertThat(server.awaitExit(60)).as(server::err).isEqualTo(ENDED_WITHOUT_MEMORY);
    }
  }

  @Test
  void withoutTheFlag_theStartSaysSo() throws Exception {
    Files.writeString(directory.resolve("datastore.cfg"), "");
    try (ServerProcess server = ServerProcess.start(directory, List.of())) {
      server.terminate();
      assertThat(server.awaitExit(30)).isZero();
      assertThat(server.err()).contains("-XX:+ExitOnOutOfMemoryError");
    }
  }
}
