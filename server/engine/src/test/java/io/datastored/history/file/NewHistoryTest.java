package io.datastored.history.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.file.DiskSteps;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NewHistoryTest {

  @TempDir Path directory;

  @Test
  void open_ofANewDirectory_writesDownTheHistory_thatWhoComesNextJoins() throws Exception {
    StoreFiles files = new StoreFiles(directory);
    FileStoreOptions options = files.options(Optional.of(directory.resolve("run")), DiskSteps.REAL);
    try (StateDirectory first = StateDirectory.open(options, files.config())) {
      // What another process reads that opens the directory now.
      assertThat(first.states().load()).contains(first.initial());
    }
  }
}
