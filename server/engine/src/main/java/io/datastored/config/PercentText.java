package io.datastored.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Utf8;
import java.io.ByteArrayOutputStream;
import java.util.Optional;

/** A percent text is a text in which {@code %41} stands for the byte 0x41. Immutable. */
final class PercentText {

  private PercentText() {}

  /** Returns the text meant; a {@code %} without two hexadecimal digits stands for itself. */
  static Optional<String> decode(String text) {
    if (text.indexOf('%') < 0) {
      return Optional.of(text);
    }
    byte[] from = text.getBytes(UTF_8);
    ByteArrayOutputStream into = new ByteArrayOutputStream(from.length);
    for (int i = 0; i < from.length; i++) {
      int high = i + 2 < from.length ? Character.digit((char) from[i + 1], 16) : -1;
      int low = i + 2 < from.length ? Character.digit((char) from[i + 2], 16) : -1;
      if (from[i] == '%' && high >= 0 && low >= 0) {
        into.write(high << 4 | low);
        i += 2;
      } else {
        into.write(from[i]);
      }
    }
    byte[] bytes = into.toByteArray();
    return Utf8.isWellFormed(bytes) ? Optional.of(new String(bytes, UTF_8)) : Optional.empty();
  }
}
