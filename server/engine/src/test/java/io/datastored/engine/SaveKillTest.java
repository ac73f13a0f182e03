package io.datastored.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.document.ConfigDocument;
import io.datastored.soak.Soak;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Invariant 4: a saver that is killed at any moment harms nobody. */
@Tag("soak")
final class SaveKillTest {

  private static final int ROUNDS = 200;

  @TempDir Path directory;

  @Test
  void kill_whileSaving_losesNoGenerationThatAnybodySaw() throws Exception {
    Soak soak =
        Soak.of(
            "kill -9 while saving, half of them with the page lost: file whole, generation above all seen");
    SplittableRandom random = soak.random();
    EngineFiles files = new EngineFiles(directory).write(EngineFixture.config(20));
    int rounds = soak.times(ROUNDS);
    int violations = 0;
    for (int round = 0; round < rounds; round++) {
      long seen = saveAndKill(files, random.nextLong(1, 60));
      if (random.nextBoolean()) {
        powerOff(files, random);
      }
      ConfigDocument file = ConfigDocument.parse(Files.readAllBytes(files.config()));
      if (!file.faults().isEmpty() || file.sections().size() != 20) {
        violations++;
      }
      try (Engine engine = Engine.open(files.options())) {
        if (EngineFiles.generation(engine) < seen || engine.snapshot().byName().size() != 20) {
          violations++;
        }
      }
    }
    soak.end(rounds, violations);
  }

  /**
   * Drops what was never forced to the disk: of the page nothing, zeros or an old state is left.
   */
  private static void powerOff(EngineFiles files, SplittableRandom random) throws IOException {
    Path page = files.run().resolve("page");
    switch (random.nextInt(3)) {
      case 0 -> Files.delete(page);
      case 1 -> Files.write(page, new byte[4096]);
      default -> {
        byte[] old = Files.readAllBytes(page);
        Arrays.fill(old, 128, 136, (byte) 0);
        Files.write(page, old);
      }
    }
  }

  /** The last generation that the saver told of before it was killed. */
  private static long saveAndKill(EngineFiles files, long millis) throws Exception {
    EngineChild child = files.child();
    child.tell("save s0007 1000000");
    long seen = Long.parseLong(child.answer());
    // The moment of death is what is tried, so this is the one place that waits for a time.
    TimeUnit.MILLISECONDS.sleep(millis);
    child.kill();
    for (String line = child.answer(); !line.equals("gone"); line = child.answer()) {
      if (line.matches("\\d+")) {
        seen = Long.parseLong(line);
      }
    }
    assertThat(seen).isPositive();
    return seen;
  }
}
