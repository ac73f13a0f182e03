package io.datastored.history.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.history.Machine;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NewHistoryTest {

  @TempDir Path directory;

  @Test
  void open_ofANewDirectory_writesDownTheHistory_thatWhoComesNextJoins() throws Exception {
    try (StateDirectory first =
        StateDirectory.open(
            directory.resolve("state"),
            Optional.of(directory.resolve("run")),
            directory.resolve("datastore.cfg"),
            new Machine(Optional.empty()),
            Duration.ofSeconds(10),
            new Random(1),
            InstantSource.system())) {
      // What another process reads that opens the directory now.
      assertThat(first.states().load()).contains(first.initial());
    }
  }
}
