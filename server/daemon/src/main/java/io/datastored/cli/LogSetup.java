package io.datastored.cli;

import org.slf4j.bridge.SLF4JBridgeHandler;

/** Decides what the log looks like, before the first logger is asked for. Stateless. */
final class LogSetup {

  private LogSetup() {}

  /**
   * A client command answers by itself, in one sentence. What its transport warns of on the way, a
   * name that cannot be resolved, is what that sentence tells.
   */
  static void forClient() {
    System.setProperty("datastored.log.transport", LogLevel.ERROR.name());
    apply(LogFormat.TEXT, LogLevel.WARN);
  }

  static void apply(LogFormat format, LogLevel level) {
    // Logback reads both when it is first used: there is no code here that knows its classes.
    System.setProperty("datastored.log.level", level.name());
    if (format == LogFormat.JSON) {
      System.setProperty("logback.configurationFile", "logback-json.xml");
    }
    // gRPC logs to java.util.logging.
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }
}
