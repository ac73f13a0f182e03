package io.datastored.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.datastored.access.AuditEvent.Kind;
import io.datastored.config.DatastoreName;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class AuditLineTest {

  /** Ends of lines and of texts, what a terminal executes, what turns the direction, and more. */
  private static final String HOSTILE =
      "a\nb\r\"},{\"event\":\"forged\\\u0000\u001b[2J\u007f\u0085\u009b1m\u2028\u202e\ud800é日🗄";

  private static final Instant TIME = Instant.parse("2026-11-28T10:15:30Z");

  private final AuditLine line = new AuditLine(peer -> "10.0.0.7:4711");

  private String text(AuditEvent.Builder event) {
    return new String(line.of(event.build(), TIME), UTF_8);
  }

  private JsonObject read(AuditEvent.Builder event) {
    return JsonParser.parseString(text(event)).getAsJsonObject();
  }

  @Test
  void line_hasTheFieldsInOrder_andWhatIsToldApart() {
    assertThat(
            text(
                AuditEvent.of(Kind.LEASE_GRANTED)
                    .with(AuditField.PURPOSE, "backup")
                    .with(AuditField.PID, 12L)
                    .with(AuditField.CLIENT, "client")
                    .with(AuditField.HOST, "h1")
                    .with(AuditField.REQUEST_ID, "r-1")
                    .with(AuditField.OUTCOME, "ok")
                    .with(AuditField.DATASTORE, DatastoreName.of("main"))
                    .with(AuditField.VERB, "write")
                    .with(AuditField.PEER, Optional.of(new InetSocketAddress(1)))
                    .by(Principal.named("dns:", "h1.example.org"))))
        .isEqualTo(
            "{\"time\":\"2026-11-28T10:15:30.000Z\",\"event\":\"lease_granted\","
                + "\"principal\":\"dns:h1.example.org\",\"verified_by\":\"dns\","
                + "\"peer\":\"10.0.0.7:4711\",\"verb\":\"write\",\"datastore\":\"main\","
                + "\"outcome\":\"ok\",\"request_id\":\"r-1\","
                + "\"told\":{\"client\":\"client\",\"host\":\"h1\",\"pid\":12,"
                + "\"purpose\":\"backup\"}}\n");
  }

  @Test
  void line_ofNothingKnown_hasTimeAndEventOnly() {
    assertThat(
            text(
                AuditEvent.of(Kind.SESSION_LOST)
                    .with(AuditField.CLIENT, "")
                    .with(AuditField.PEER, Optional.empty())))
        .isEqualTo("{\"time\":\"2026-11-28T10:15:30.000Z\",\"event\":\"session_lost\"}\n");
  }

  @ParameterizedTest
  @EnumSource
  void value_thatIsHostile_staysOneTextOnOneAsciiLine(AuditField field) {
    String text = text(AuditEvent.of(Kind.DENIED).with(field, HOSTILE));
    assertThat(text).endsWith("\n");
    assertThat(text.chars().limit(text.length() - 1L)).allMatch(c -> c >= ' ' && c < 0x7f);
    JsonObject read = JsonParser.parseString(text).getAsJsonObject();
    JsonObject where = field.isTold() ? read.getAsJsonObject("told") : read;
    assertThat(where.get(field.word()).getAsString()).isEqualTo(HOSTILE);
    assertThat(read.get("event").getAsString()).isEqualTo("denied");
  }

  @Test
  void value_thatIsLong_isCut() {
    String read =
        read(AuditEvent.of(Kind.DENIED).with(AuditField.REASON, "x".repeat(100_000)))
            .get("reason")
            .getAsString();
    assertThat(read).isEqualTo("x".repeat(1024) + "...");
  }

  @Test
  void eachField_hasANameOfItsOwn() {
    assertThat(Arrays.stream(AuditField.values()).map(AuditField::word))
        .doesNotHaveDuplicates()
        .allMatch(word -> word.matches("[a-z_]+"))
        .doesNotContain("time", "event", "principal", "verified_by", "told");
  }

  @ParameterizedTest
  @CsvSource({
    "spiffe://example.org/a, spiffe",
    "dns:a.example.org, dns",
    "cn:CN=a, cn",
    "uid:0, peercred",
    "anonymous, none"
  })
  void principal_showsWhatVerifiedIt(String principal, String by) {
    JsonObject read = read(AuditEvent.of(Kind.DENIED).by(new Principal(principal)));
    assertThat(read.get("principal").getAsString()).isEqualTo(principal);
    assertThat(read.get("verified_by").getAsString()).isEqualTo(by);
  }
}
