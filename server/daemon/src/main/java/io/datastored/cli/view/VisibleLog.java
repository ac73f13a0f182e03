package io.datastored.cli.view;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.pattern.KeyValuePairConverter;
import ch.qos.logback.classic.pattern.MessageConverter;
import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import io.datastored.service.trace.RequestId;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/**
 * The visible log is the two log formats in which values from clients and files are escaped: no
 * value can begin a line, control a terminal or be invisible. Stateless.
 */
final class VisibleLog {
  private static final String FOR_PEOPLE =
      "%d{\"yyyy-MM-dd'T'HH:mm:ss.SSSXXX\",UTC} %-5level %logger{0}"
          + " %replace(%msg %kvp){\"\\s+$\",\"\"}%n%ex";

  private static final String REQUEST = "request_id";

  private VisibleLog() {}

  /** The encoder of lines for people. */
  static PatternLayoutEncoder forPeople() {
    var encoder = new Text();
    encoder.setPattern(FOR_PEOPLE);
    return encoder;
  }

  /** The encoder of one JSON object per line. */
  static JsonEncoder forMachines() {
    var encoder = new Objects();
    encoder.setWithContext(false);
    encoder.setWithSequenceNumber(false);
    encoder.setWithFormattedMessage(true);
    encoder.setWithArguments(false);
    return encoder;
  }

  /** Adds to a line what is known of the call on whose behalf it is written. */
  private static void addCall(ILoggingEvent event) {
    if (event instanceof LoggingEvent line) {
      RequestId.known()
          .filter(id -> !has(line, REQUEST))
          .ifPresent(id -> line.addKeyValuePair(new KeyValuePair(REQUEST, id.get())));
      RequestId.trace().ifPresent(id -> line.addKeyValuePair(new KeyValuePair("trace_id", id)));
    }
  }

  private static boolean has(LoggingEvent line, String key) {
    List<KeyValuePair> pairs = line.getKeyValuePairs();
    return pairs != null && pairs.stream().anyMatch(pair -> pair.key.equals(key));
  }

  /** Uses its own converters for untrusted values. Confined to its appender's lock. */
  private static final class Text extends PatternLayoutEncoder {
    @Override
    public byte[] encode(ILoggingEvent event) {
      addCall(event);
      return super.encode(event);
    }

    @Override
    public void start() {
      var patterns = new PatternLayout();
      patterns.setContext(context);
      patterns.setPattern(getPattern());
      patterns.getInstanceConverterMap().put("msg", Message::new);
      patterns.getInstanceConverterMap().put("kvp", Values::new);
      patterns.getInstanceConverterMap().put("ex", Trace::new);
      patterns.start();
      this.layout = patterns;
      this.started = true;
    }
  }

  /** JSON escapes C0 only; this escapes the others too. Confined to its appender's lock. */
  private static final class Objects extends JsonEncoder {
    @Override
    public byte[] encode(ILoggingEvent event) {
      addCall(event);
      return VisibleText.ofLines(new String(super.encode(event), UTF_8)).getBytes(UTF_8);
    }
  }

  /** The message, on one line. Stateless. */
  static final class Message extends MessageConverter {
    @Override
    public String convert(ILoggingEvent event) {
      return VisibleText.of(super.convert(event));
    }
  }

  /** The values, on the same line. Stateless. */
  static final class Values extends KeyValuePairConverter {
    @Override
    public String convert(ILoggingEvent event) {
      return VisibleText.of(super.convert(event));
    }
  }

  /** The trace of an exception, whose messages cannot begin a line. Stateless. */
  static final class Trace extends ThrowableProxyConverter {
    @Override
    protected String throwableProxyToString(IThrowableProxy thrown) {
      var lines = new StringBuilder();
      for (IThrowableProxy each = thrown; each != null; each = each.getCause()) {
        lines
            .append(each == thrown ? "" : "Caused by: ")
            .append(each.getClassName())
            .append(": ")
            .append(VisibleText.of(String.valueOf(each.getMessage())))
            .append(System.lineSeparator());
        ThrowableProxyUtil.subjoinSTEPArray(lines, 1, each);
      }
      return lines.toString();
    }
  }
}
