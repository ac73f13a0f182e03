package io.datastored.history.file;

import com.google.common.base.Ticker;
import io.datastored.file.DiskSteps;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;

/** Store files are the places of a file store in a directory of a test. Immutable. */
record StoreFiles(Path directory) {

  Path config() {
    return directory.resolve("datastore.cfg");
  }

  Path state() {
    return directory.resolve("state");
  }

  /** With a run directory that is chosen; an edit in place is believed at once. */
  FileStoreOptions options() {
    return options(Optional.empty(), DiskSteps.REAL);
  }

  FileStoreOptions options(Optional<Path> run, DiskSteps disk) {
    return new FileStoreOptions(
        new FileStoreOptions.Places(config(), state(), run, directory.resolve("no-machine-id")),
        FileStoreOptions.Access.READ_WRITE,
        new FileStoreOptions.Waits(Duration.ofSeconds(10), Duration.ZERO, Duration.ZERO),
        new FileStoreOptions.Outside(
            disk, new Random(1), Clock.systemUTC(), Ticker.systemTicker()));
  }
}
