package io.datastored.cli.flag;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator.ExecutionStatus;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import io.datastored.cli.view.LogConfiguration;
import io.datastored.cli.view.LogFormat;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The log as the program has it, though a test of it has another one. */
final class LogSetupTest {

  private static final String TRANSPORT = "io.grpc.internal.ManagedChannelImpl";
  private static final String OURS = "io.datastored.daemon.Daemon";

  private final LoggerContext log = new LoggerContext();
  private Properties before;

  @BeforeEach
  void remember() {
    before = (Properties) System.getProperties().clone();
    log.setMDCAdapter(new LogbackMDCAdapter());
  }

  @AfterEach
  void restore() {
    log.stop();
    System.setProperties(before);
  }

  private void configure() {
    LogConfiguration.setUp(log);
  }

  /** What a line of the log looks like. */
  private static String logged(Runnable told) {
    PrintStream stderr = System.err;
    var line = new ByteArrayOutputStream();
    System.setErr(new PrintStream(line, true, StandardCharsets.UTF_8));
    try {
      told.run();
    } finally {
      System.setErr(stderr);
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  /** A name that cannot be resolved is told with a stack trace otherwise. */
  @Test
  void forClient_leavesTheTransportsWarningsToTheAnswer() {
    LogSetup.forClient();
    configure();
    assertThat(log.getLogger(TRANSPORT).isWarnEnabled()).isFalse();
    assertThat(log.getLogger(TRANSPORT).isErrorEnabled()).isTrue();
    assertThat(log.getLogger(OURS).isWarnEnabled()).isTrue();
    assertThat(log.getLogger(OURS).isInfoEnabled()).isFalse();
  }

  @Test
  void forServer_tellsTheTransportsWarnings() {
    LogSetup.forServer(LogFormat.TEXT, LogLevel.INFO);
    configure();
    assertThat(log.getLogger(TRANSPORT).isWarnEnabled()).isTrue();
    assertThat(log.getLogger(TRANSPORT).isInfoEnabled()).isFalse();
    assertThat(log.getLogger(OURS).isInfoEnabled()).isTrue();
  }

  @Test
  void forServer_toldToTellErrorsOnly_saysNothingElseOfTheTransport() {
    LogSetup.forServer(LogFormat.TEXT, LogLevel.ERROR);
    configure();
    assertThat(log.getLogger(TRANSPORT).isWarnEnabled()).isFalse();
  }

  @Test
  void forServer_inText_isALineForPeople() {
    LogSetup.forServer(LogFormat.TEXT, LogLevel.INFO);
    configure();
    String line =
        logged(() -> log.getLogger(OURS).atInfo().addKeyValue("datastores", 5).log("serving"));
    assertThat(line)
        .matches(
            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z INFO  Daemon serving datastores=\"5\"\n");
  }

  @Test
  void forServer_inJson_isAnObject() {
    LogSetup.forServer(LogFormat.JSON, LogLevel.INFO);
    configure();
    String line =
        logged(() -> log.getLogger(OURS).atInfo().addKeyValue("datastores", 5).log("serving"));
    assertThat(line)
        .startsWith("{")
        .endsWith("}\n")
        .contains("\"formattedMessage\":\"serving\"", "{\"datastores\":\"5\"}")
        .doesNotContain("\"context\"", "sequenceNumber");
  }

  /** As of a program that is no command. */
  @Test
  void setUp_nobodyAskedForAnything_leavesTheTransportAtWarnings() {
    System.clearProperty(LogConfiguration.TRANSPORT);
    System.clearProperty(LogConfiguration.LEVEL);
    configure();
    assertThat(log.getLogger(TRANSPORT).isWarnEnabled()).isTrue();
    assertThat(log.getLogger(TRANSPORT).isInfoEnabled()).isFalse();
    assertThat(log.getLogger(OURS).isInfoEnabled()).isTrue();
    assertThat(log.getLogger(OURS).isDebugEnabled()).isFalse();
  }

  /** That of these tests is on the class path. */
  @Test
  void configure_thereIsAConfigurationFile_standsAside() {
    LogSetup.forServer(LogFormat.TEXT, LogLevel.INFO);
    assertThat(new LogConfiguration().configure(log)).isEqualTo(ExecutionStatus.INVOKE_NEXT_IF_ANY);
    assertThat(log.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).getAppender("stderr")).isNull();
  }
}
