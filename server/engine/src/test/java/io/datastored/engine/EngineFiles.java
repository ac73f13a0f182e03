package io.datastored.engine;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.history.file.FileStoreOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Engine files are a configuration file with a state and a run directory, for a test. Immutable.
 */
public record EngineFiles(Path directory) {

  Path config() {
    return directory.resolve("datastore.cfg");
  }

  Path state() {
    return directory.resolve("state");
  }

  Path run() {
    return directory.resolve("run");
  }

  /**
   * Times that no test waits for: an edit in place rests 100 ms, the file is compared never. A busy
   * machine is not taken for a base path that hangs.
   */
  public EngineOptions options() {
    return options(unchanged -> {});
  }

  /** The same, changed. */
  public EngineOptions options(Consumer<EngineOptions.Builder> changes) {
    var options = new EngineOptions.Builder(config(), state());
    options.runDirectory = Optional.of(run());
    options.configAccess = FileStoreOptions.Access.READ_WRITE;
    options.timing.digestCheck = Duration.ofDays(1);
    options.timing.basePathWait = Duration.ofSeconds(20);
    options.timing.settle = Duration.ofMillis(100);
    options.timing.settleLimit = Duration.ofSeconds(1);
    changes.accept(options);
    return options.build();
  }

  public EngineFiles write(String config) throws IOException {
    Files.writeString(config(), config);
    return this;
  }

  /** Edits as most editors do: a new file, renamed over the old one. */
  void replace(String config) throws IOException {
    Path next = directory.resolve("datastore.cfg.editor");
    Files.writeString(next, config);
    Files.move(next, config(), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Starts another process with an engine on these files. */
  EngineChild child() throws IOException {
    return EngineChild.start(config(), state(), run());
  }

  public static WriteOutcome comment(Engine engine, String name, String comment) {
    return engine.update(
        DatastoreName.of(name),
        Optional.empty(),
        settings -> settings.toBuilder().comment(Optional.of(comment)).build(),
        Intent.COMMIT);
  }

  /** Sets a maintenance mode and expects that to succeed. */
  public static WriteOutcome.Written mode(Engine engine, String name, MaintenanceMode mode) {
    WriteOutcome outcome =
        engine.setMaintenance(
            new MaintenanceChange(
                DatastoreName.of(name),
                MaintenanceSetting.of(mode),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()),
            Intent.COMMIT);
    if (outcome instanceof WriteOutcome.Written written) {
      return written;
    }
    throw new AssertionError(outcome.toString());
  }

  static long generation(Engine engine) {
    return engine.snapshot().revision().generation().value();
  }

  public static String comment(Engine engine, String name) {
    return engine
        .snapshot()
        .find(DatastoreName.of(name))
        .flatMap(datastore -> datastore.settings().comment())
        .orElse("-");
  }
}
