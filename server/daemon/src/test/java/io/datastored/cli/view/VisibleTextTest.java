package io.datastored.cli.view;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.encoder.Encoder;
import com.google.gson.JsonParser;
import com.google.protobuf.util.JsonFormat;
import io.datastored.v1.Datastore;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

final class VisibleTextTest {
  private static final String HIDDEN =
      new String(
          IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
              .filter(
                  each ->
                      List.of(
                              Character.CONTROL,
                              Character.FORMAT,
                              Character.LINE_SEPARATOR,
                              Character.PARAGRAPH_SEPARATOR)
                          .contains((byte) Character.getType(each)))
              .toArray(),
          0,
          (int)
              IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                  .filter(
                      each ->
                          List.of(
                                  Character.CONTROL,
                                  Character.FORMAT,
                                  Character.LINE_SEPARATOR,
                                  Character.PARAGRAPH_SEPARATOR)
                              .contains((byte) Character.getType(each)))
                  .count());

  /** A certificate's name that would forge a line, reorder one, and clear the screen. */
  private static final String FORGED =
      "CN=a\nERROR forged \u202eeman\u2066 \u009b2J \u001b[2J \u2028next\ufeff\u200b\ud800.";

  @Test
  void of_everyHiddenCharacter_isEscaped() {
    assertThat(HIDDEN.codePoints().count()).isGreaterThan(200);
    assertThat(VisibleText.of(HIDDEN).codePoints()).allMatch(each -> each > 0x1f && each < 0x7f);
    assertThat(VisibleText.of("\ud800x\udc00")).isEqualTo("\\ud800x\\udc00");
  }

  @Test
  void of_textThatCanBeSeen_isUnchanged() {
    String text = "Büro \"Nord\" \\ 東京 – 🗄 é";
    assertThat(VisibleText.of(text)).isSameAs(text);
  }

  @Test
  void ofLines_keepsLineFeedsOnly() {
    assertThat(VisibleText.ofLines("a\nb\r\u0085c\n")).isEqualTo("a\nb\\r\\u0085c\n");
  }

  @Test
  void textLog_ofMessageValueAndException_isOneLineAndTheTrace() {
    String logged = logged(VisibleLog.forPeople());

    assertThat(logged.lines().filter(line -> line.contains("forged"))).hasSize(2);
    assertThat(logged.lines().skip(2)).allMatch(line -> line.startsWith("\tat "));
    assertNothingHidden(logged.replace("\n", "").replace("\t", ""));
  }

  @Test
  void jsonLog_ofMessageValueAndException_isOneObjectWithTheSameValue() {
    String logged = logged(VisibleLog.forMachines());

    assertThat(logged.strip().lines()).hasSize(1);
    assertNothingHidden(logged.strip());
    var object = JsonParser.parseString(logged).getAsJsonObject();
    assertThat(
            object
                .get("kvpList")
                .getAsJsonArray()
                .get(0)
                .getAsJsonObject()
                .get("who")
                .getAsString())
        .isEqualTo(FORGED.replace("\ud800", "?"));
  }

  @Test
  void protobufJson_ofHiddenCharacters_isOneLineWithTheSameValue() throws Exception {
    String hidden = HIDDEN;
    String line = Json.line(Datastore.newBuilder().setName(hidden).build());

    assertNothingHidden(line);
    var read = Datastore.newBuilder();
    JsonFormat.parser().merge(line, read);
    assertThat(read.getName()).isEqualTo(hidden);
  }

  @Test
  void textTable_ofHiddenCharacters_staysInItsRow() {
    List<String> lines = new TextTable("NAME", "COMMENT").row(FORGED, HIDDEN).lines();

    assertThat(lines).hasSize(2);
    lines.forEach(VisibleTextTest::assertNothingHidden);
  }

  private static void assertNothingHidden(String text) {
    assertThat(VisibleText.of(text)).isEqualTo(text);
  }

  private static String logged(Encoder<ILoggingEvent> encoder) {
    var context = new LoggerContext();
    context.setMDCAdapter(new LogbackMDCAdapter());
    encoder.setContext(context);
    encoder.start();
    Logger logger = context.getLogger("test");
    var event =
        new LoggingEvent(
            "test", logger, Level.WARN, FORGED, new IllegalStateException(FORGED), null);
    event.addKeyValuePair(new KeyValuePair("who", FORGED));
    return new String(encoder.encode(event), UTF_8);
  }
}
