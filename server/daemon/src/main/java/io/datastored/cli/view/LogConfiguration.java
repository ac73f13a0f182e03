package io.datastored.cli.view;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.jul.LevelChangePropagator;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.datastored.cli.flag.LogSetup;

/**
 * A log configuration sends the log to stderr, for people or as one JSON object per line. Logback
 * finds it as a service and asks it first. It yields to a configuration file that is chosen by
 * {@code -Dlogback.configurationFile}, and to that of tests.
 *
 * <p>It is Java and not XML because reading XML would slow the start of a server.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_NORMAL_PRIORITY)
public final class LogConfiguration extends ContextAwareBase implements Configurator {

  public static final String LEVEL = "datastored.log.level";
  public static final String TRANSPORT = "datastored.log.transport";
  public static final String FORMAT = "datastored.log.format";

  private static final String OF_TESTS = "/logback-test.xml";

  /** Called by logback. */
  public LogConfiguration() {}

  @Override
  public ExecutionStatus configure(LoggerContext log) {
    if (System.getProperty("logback.configurationFile") != null
        || getClass().getResource(OF_TESTS) != null) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    setUp(log);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** Configures a log as {@link LogSetup} requires. */
  public static void setUp(LoggerContext log) {
    var jul = new LevelChangePropagator();
    jul.setContext(log);
    jul.setResetJUL(true);
    jul.start();
    log.addListener(jul);

    useLevels(log);
    log.getLogger("io.netty.bootstrap").setLevel(Level.ERROR);
    // A request above the limit is the client's fault and is answered: no log line, and no stack
    // trace.
    log.getLogger("io.grpc.netty.NettyServerStream").setLevel(Level.ERROR);
    // A client that cancels a call while it is answered: thousands do when they reconnect at the
    // same time.
    log.getLogger("io.grpc.netty.NettyServerHandler").setLevel(Level.ERROR);

    Logger root = log.getLogger(Logger.ROOT_LOGGER_NAME);
    root.addAppender(
        stderr(
            log,
            LogFormat.JSON.name().equals(System.getProperty(FORMAT))
                ? VisibleLog.forMachines()
                : VisibleLog.forPeople()));
  }

  /** Sets the levels that {@link LogSetup} requires, also of a log that is in use. */
  public static void useLevels(LoggerContext log) {
    // The transport would log every broken connection and every missing socket option.
    Level transport = Level.toLevel(System.getProperty(TRANSPORT), Level.WARN);
    log.getLogger("io.grpc").setLevel(transport);
    log.getLogger("io.netty").setLevel(transport);
    log.getLogger(Logger.ROOT_LOGGER_NAME)
        .setLevel(Level.toLevel(System.getProperty(LEVEL), Level.INFO));
  }

  private static ConsoleAppender<ILoggingEvent> stderr(
      LoggerContext log, Encoder<ILoggingEvent> encoder) {
    encoder.setContext(log);
    encoder.start();
    var stderr = new ConsoleAppender<ILoggingEvent>();
    stderr.setContext(log);
    stderr.setName("stderr");
    stderr.setTarget(ConsoleTarget.SystemErr.getName());
    stderr.setEncoder(encoder);
    stderr.start();
    return stderr;
  }
}
