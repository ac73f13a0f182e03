package io.datastored.access;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.net.SocketAddress;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Map;
import java.util.function.Function;

/**
 * An audit line is the JSON text of an audit event, followed by a line feed. Immutable. It is ASCII
 * and has no control character but that last one, whatever its values are: all other characters are
 * escaped.
 *
 * @param peers the text of an address
 */
record AuditLine(Function<SocketAddress, String> peers) {

  /** Milliseconds, also when they are zero. */
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

  /** A longer value is cut: no caller may make a line longer than one write. */
  private static final int LONGEST_VALUE = 1024;

  private static final char FIRST_ESCAPED = 0x7F;

  byte[] of(AuditEvent event, Instant time) {
    var text = new StringWriter();
    try (var json = new JsonWriter(text)) {
      json.setHtmlSafe(false);
      json.beginObject();
      json.name("time").value(TIME.format(time));
      json.name("event").value(event.kind().word());
      if (event.principal().isPresent()) {
        Principal who = event.principal().get();
        json.name("principal").value(cut(who.text()));
        json.name("verified_by").value(verifiedBy(who));
      }
      boolean told = false;
      for (Map.Entry<AuditField, Object> entry : event.values().entrySet()) {
        if (entry.getKey().isTold() && !told) {
          json.name("told").beginObject();
          told = true;
        }
        json.name(entry.getKey().word());
        write(entry.getValue(), json);
      }
      if (told) {
        json.endObject();
      }
      json.endObject();
    } catch (IOException e) {
      throw new IllegalStateException("a text in memory can be written", e);
    }
    return ascii(text.getBuffer()).append('\n').toString().getBytes(US_ASCII);
  }

  private void write(Object value, JsonWriter json) throws IOException {
    if (value instanceof Number number) {
      json.value(number);
    } else if (value instanceof SocketAddress peer) {
      json.value(cut(peers.apply(peer)));
    } else {
      json.value(cut(value.toString()));
    }
  }

  private static String cut(String value) {
    return value.length() <= LONGEST_VALUE ? value : value.substring(0, LONGEST_VALUE) + "...";
  }

  private static String verifiedBy(Principal who) {
    if (who.isAnonymous()) {
      return "none";
    }
    String kind = who.text().substring(0, Math.max(0, who.text().indexOf(':')));
    return kind.equals("uid") ? "peercred" : kind;
  }

  /** JSON has the other characters inside of texts only, where each may be escaped. */
  private static StringBuilder ascii(CharSequence json) {
    var ascii = new StringBuilder(json.length() + 1);
    for (int at = 0; at < json.length(); at++) {
      char each = json.charAt(at);
      if (each < FIRST_ESCAPED) {
        ascii.append(each);
      } else {
        ascii.append("\\u%04x".formatted((int) each));
      }
    }
    return ascii;
  }
}
