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
 * What the log looks like: on stderr, for people or one JSON object per line. Logback finds it
 * among its services and asks it first. It stands aside for a configuration file that is chosen by
 * {@code -Dlogback.configurationFile}, and for that of tests.
 *
 * <p>In Java and not in XML because the reading of XML takes a tenth of the start of a server.
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

  /** Sets a log up as {@link LogSetup} wants it. */
  public static void setUp(LoggerContext log) {
    var jul = new LevelChangePropagator();
    jul.setContext(log);
    jul.setResetJUL(true);
    jul.start();
    log.addListener(jul);

    // The transport would tell of every broken connection and every missing option of a socket.
    Level transport = Level.toLevel(System.getProperty(TRANSPORT), Level.WARN);
    log.getLogger("io.grpc").setLevel(transport);
    log.getLogger("io.netty").setLevel(transport);
    log.getLogger("io.netty.bootstrap").setLevel(Level.ERROR);
    // A request above the limit is the client's fault and answered to him: no news, and no stack
    // trace.
    log.getLogger("io.grpc.netty.NettyServerStream").setLevel(Level.ERROR);
    // A client that gives a call up while it is answered: thousands do when they come back all at
    // once.
    log.getLogger("io.grpc.netty.NettyServerHandler").setLevel(Level.ERROR);

    Logger root = log.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.toLevel(System.getProperty(LEVEL), Level.INFO));
    root.addAppender(
        stderr(
            log,
            LogFormat.JSON.name().equals(System.getProperty(FORMAT))
                ? VisibleLog.forMachines()
                : VisibleLog.forPeople()));
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
