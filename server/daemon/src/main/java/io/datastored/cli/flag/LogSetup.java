package io.datastored.cli.flag;

import io.datastored.cli.view.LogConfiguration;
import io.datastored.cli.view.LogFormat;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Decides what the log looks like, before the first logger is asked for. Stateless. */
public final class LogSetup {

  private LogSetup() {}

  /**
   * A client command answers by itself, in one sentence: only what goes wrong unexpectedly is worth
   * a log line. What its transport warns of, a name that cannot be resolved, that sentence tells.
   */
  static void forClient() {
    apply(LogFormat.TEXT, LogLevel.WARN, LogLevel.ERROR);
  }

  public static void forServer(LogFormat format, LogLevel level) {
    apply(format, level, level == LogLevel.ERROR ? LogLevel.ERROR : LogLevel.WARN);
  }

  private static void apply(LogFormat format, LogLevel level, LogLevel transport) {
    // Logback asks for them when it is first used, by LogConfiguration.
    System.setProperty(LogConfiguration.LEVEL, level.name());
    System.setProperty(LogConfiguration.TRANSPORT, transport.name());
    System.setProperty(LogConfiguration.FORMAT, format.name());
    // gRPC logs to java.util.logging.
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }
}
