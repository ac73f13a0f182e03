package io.datastored.daemon;

import io.datastored.engine.Engine;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A reload makes a server read its files again now. Immutable. The server follows them by itself,
 * so this only saves the wait; what has changed is logged by whoever follows the file.
 */
record Reload(Engine engine, DaemonOptions options) {

  private static final Logger log = LoggerFactory.getLogger(Reload.class);

  /**
   * Runs it.
   *
   * @param readOptions reads the options again, which the server does not do by itself
   */
  void run(Runnable readOptions) {
    NotifySocket manager = NotifySocket.ofThisProcess();
    manager.reloading();
    try {
      log.atInfo().addKeyValue("files", files()).log("reloading");
      readOptions.run();
      engine.tasks().wakeAll();
      log.atInfo().log("reloaded");
    } finally {
      manager.ready();
    }
  }

  private String files() {
    return Stream.of(
            options.configFile().stream(),
            options.access().rules().stream(),
            options.tls().stream().flatMap(files -> files.all().stream()),
            options.audit().file().stream())
        .flatMap(file -> file)
        .map(Path::toString)
        .toList()
        .toString();
  }
}
