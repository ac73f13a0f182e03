package io.datastored.cli.view;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import io.datastored.service.trace.RequestId;
import io.grpc.Context;
import io.grpc.Metadata;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

final class VisibleLogTest {
  private static final RequestId ID = id();

  private static RequestId id() {
    var headers = new Metadata();
    headers.put(Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER), "nightly-7");
    return new RequestId(headers, null);
  }

  private static LoggingEvent line() {
    var log = new LoggerContext().getLogger("io.datastored.Some");
    var line = new LoggingEvent("", log, Level.WARN, "what happened", null, null);
    line.setMDCPropertyMap(Map.of());
    return line;
  }

  private static String encoded(Encoder<ILoggingEvent> encoder, LoggingEvent line)
      throws Exception {
    encoder.setContext(new LoggerContext());
    encoder.start();
    return Context.current()
        .withValues(RequestId.KEY, ID, RequestId.TRACE, "4bf92f3577b34da6a3ce929d0e0e4736")
        .call(() -> new String(encoder.encode(line), UTF_8));
  }

  @Test
  void lineOnBehalfOfACall_hasItsIdAndItsTrace() throws Exception {
    assertThat(encoded(VisibleLog.forPeople(), line()))
        .endsWith(
            "what happened request_id=\"nightly-7\""
                + " trace_id=\"4bf92f3577b34da6a3ce929d0e0e4736\"\n");
    assertThat(encoded(VisibleLog.forMachines(), line()))
        .contains("\"request_id\":\"nightly-7\"", "4bf92f3577b34da6a3ce929d0e0e4736");
  }

  @Test
  void lineThatHasAnIdOfItsOwn_keepsIt() throws Exception {
    LoggingEvent line = line();
    line.addKeyValuePair(new KeyValuePair("request_id", "own"));

    assertThat(encoded(VisibleLog.forPeople(), line))
        .contains("request_id=\"own\"")
        .doesNotContain("nightly-7");
  }

  @Test
  void otherLines_haveNone() {
    Encoder<ILoggingEvent> encoder = VisibleLog.forPeople();
    encoder.setContext(new LoggerContext());
    encoder.start();

    assertThat(new String(encoder.encode(line()), UTF_8))
        .doesNotContain("request_id")
        .doesNotContain("trace_id");
  }
}
