package io.datastored.engine;

import static org.awaitility.Awaitility.await;

import io.datastored.history.file.FileStoreOptions;
import io.datastored.soak.Soak;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An edit by rename, by truncate-and-write or by append is told within a second. */
@Tag("soak")
final class EditLatencyTest {

  private static final int EDITS = 300;
  private static final Duration BOUND = Duration.ofSeconds(1);
  private static final String CONFIG = EngineFixture.config(20);

  @TempDir Path directory;

  @Test
  void edit_withFileWatching_isToldWithinASecond() throws Exception {
    Soak soak = Soak.of("a manual edit is told within one second");
    SplittableRandom random = soak.random();
    EngineFiles files = new EngineFiles(directory).write(CONFIG);
    int edits = soak.times(EDITS);
    int late = 0;
    // The times that users have.
    EngineOptions options =
        EngineOptions.of(
            files.config(),
            files.state(),
            chosen -> {
              chosen.runDirectory = Optional.of(files.run());
              chosen.configAccess = FileStoreOptions.Access.READ_WRITE;
              chosen.timing.digestCheck = Duration.ofDays(1);
            });
    try (Engine engine = Engine.open(options)) {
      for (int i = 0; i < edits; i++) {
        long before = EngineFiles.generation(engine);
        edit(files, i, random.nextInt(3));
        long edited = System.nanoTime();
        await()
            .pollInterval(Duration.ofMillis(2))
            .until(() -> EngineFiles.generation(engine) > before);
        if (System.nanoTime() - edited > BOUND.toNanos()) {
          late++;
        }
      }
    }
    soak.end(edits, late);
  }

  private static void edit(EngineFiles files, int i, int way) throws Exception {
    String edited = CONFIG.replace("/srv/s0007", "/srv/edited" + i);
    switch (way) {
      case 0 -> files.replace(edited);
      case 1 -> Files.writeString(files.config(), edited);
      default ->
          Files.writeString(
              files.config(),
              "\ndatastore: added" + i + "\n\tpath /srv/added" + i + "\n",
              StandardOpenOption.APPEND);
    }
  }
}
