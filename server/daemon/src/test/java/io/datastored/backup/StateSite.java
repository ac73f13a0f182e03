package io.datastored.backup;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.engine.Engine;
import io.datastored.engine.EngineOptions;
import io.datastored.engine.Intent;
import io.datastored.engine.MaintenanceChange;
import io.datastored.engine.WriteOutcome;
import io.datastored.file.DiskSteps;
import io.datastored.history.Revision;
import io.datastored.promise.ClockSlack;
import io.datastored.promise.EarlierLeases;
import io.datastored.promise.FilePromiseBook;
import io.datastored.promise.PromiseBounds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** A state site is a configuration and its state directory, for tests of backups. */
public final class StateSite {

  private static final String CONFIG =
      "datastore: main\n\tpath /srv/main\n\ndatastore: other\n\tpath /srv/\u00fcber\n";

  private final Path directory;

  public StateSite(Path directory) throws IOException {
    this.directory = directory;
    Files.writeString(config(), CONFIG);
  }

  public Path config() {
    return directory.resolve("datastore.cfg");
  }

  public Path state() {
    return directory.resolve("state");
  }

  /** A server's life: it takes a datastore out of service, and promises leases of a minute. */
  public Revision live() throws Exception {
    Files.createDirectories(state());
    FilePromiseBook book =
        FilePromiseBook.open(
            state(),
            new PromiseBounds(Duration.ofMinutes(10), ClockSlack.DEFAULT, EarlierLeases.NONE),
            InstantSource.system(),
            DiskSteps.REAL);
    try (Engine engine = engine(config(), state())) {
      book.serve(engine.snapshot().revision().incarnation());
      book.promise(Duration.ofMinutes(1));
      WriteOutcome unused =
          engine.setMaintenance(
              new MaintenanceChange(
                  DatastoreName.of("other"),
                  MaintenanceSetting.of(MaintenanceMode.OFFLINE, "shelves"),
                  Optional.empty(),
                  Optional.of("alice"),
                  Optional.empty()),
              Intent.COMMIT);
      return engine.snapshot().revision();
    }
  }

  /** An engine on a configuration and a state directory. */
  public Engine engine(Path config, Path state) throws Exception {
    return Engine.open(
        EngineOptions.of(
            config,
            state,
            changed -> changed.runDirectory = Optional.of(directory.resolve("run"))));
  }
}
