package io.datastored.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
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
  }

  @AfterEach
  void restore() {
    log.stop();
    System.setProperties(before);
  }

  private void configure() throws Exception {
    var configurator = new JoranConfigurator();
    configurator.setContext(log);
    configurator.doConfigure(LogSetup.class.getResource("/logback.xml"));
  }

  /** A name that cannot be resolved is told with a stack trace otherwise. */
  @Test
  void forClient_leavesTheTransportsWarningsToTheAnswer() throws Exception {
    LogSetup.forClient();
    configure();
    assertThat(log.getLogger(TRANSPORT).isWarnEnabled()).isFalse();
    assertThat(log.getLogger(TRANSPORT).isErrorEnabled()).isTrue();
    assertThat(log.getLogger(OURS).isWarnEnabled()).isTrue();
    assertThat(log.getLogger(OURS).isInfoEnabled()).isFalse();
  }

  @Test
  void forServer_tellsTheTransportsWarnings() throws Exception {
    LogSetup.forServer(LogFormat.TEXT, LogLevel.INFO);
    configure();
    assertThat(log.getLogger(TRANSPORT).isWarnEnabled()).isTrue();
    assertThat(log.getLogger(TRANSPORT).isInfoEnabled()).isFalse();
    assertThat(log.getLogger(OURS).isInfoEnabled()).isTrue();
  }

  @Test
  void forServer_toldToTellErrorsOnly_saysNothingElseOfTheTransport() throws Exception {
    LogSetup.forServer(LogFormat.TEXT, LogLevel.ERROR);
    configure();
    assertThat(log.getLogger(TRANSPORT).isWarnEnabled()).isFalse();
  }
}
