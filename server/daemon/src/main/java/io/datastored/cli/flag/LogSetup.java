package io.datastored.cli.flag;

import ch.qos.logback.classic.LoggerContext;
import io.datastored.cli.view.LogConfiguration;
import io.datastored.cli.view.LogFormat;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** A log setup configures the log before the first logger is created. Stateless. */
public final class LogSetup {

  private LogSetup() {}

  /**
   * For a client command, which reports its result in one sentence: only unexpected errors are
   * logged. That sentence already covers the warnings of the transport, such as a name that cannot
   * be resolved.
   */
  static void forClient() {
    apply(LogFormat.TEXT, LogLevel.WARN, LogLevel.ERROR);
  }

  public static void forServer(LogFormat format, LogLevel level) {
    apply(format, level, ofTransport(level));
  }

  /** Changes the level of a log that is in use. */
  public static void change(LogLevel level) {
    levels(level, ofTransport(level));
    LogConfiguration.useLevels((LoggerContext) LoggerFactory.getILoggerFactory());
  }

  private static LogLevel ofTransport(LogLevel level) {
    return level == LogLevel.ERROR ? LogLevel.ERROR : LogLevel.WARN;
  }

  private static void levels(LogLevel level, LogLevel transport) {
    System.setProperty(LogConfiguration.LEVEL, level.name());
    System.setProperty(LogConfiguration.TRANSPORT, transport.name());
  }

  private static void apply(LogFormat format, LogLevel level, LogLevel transport) {
    // Logback reads them on first use, through LogConfiguration.
    levels(level, transport);
    System.setProperty(LogConfiguration.FORMAT, format.name());
    // gRPC logs to java.util.logging.
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }
}
