package io.datastored.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Utf8;
import java.io.ByteArrayOutputStream;
import java.util.Locale;
import java.util.Optional;

/**
 * A percent text is a text in which {@code %41} stands for the byte 0x41. Immutable. Web forms
 * store messages in this form, and Proxmox Backup Server decodes them for display.
 */
final class PercentText {

  private PercentText() {}

  /**
   * The text that {@link #decode} converts back to this text. Only what must be is encoded: a
   * {@code %} before two hexadecimal digits, and ASCII control characters.
   */
  static String encode(String text) {
    StringBuilder encoded = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean isCode =
          c == '%'
              && i + 2 < text.length()
              && isHex(text.charAt(i + 1))
              && isHex(text.charAt(i + 2));
      if (isCode || c < ' ' || c == 0x7F) {
        encoded.append(String.format(Locale.ROOT, "%%%02X", (int) c));
      } else {
        encoded.append(c);
      }
    }
    return encoded.toString();
  }

  private static boolean isHex(char c) {
    return c < 0x80 && Character.digit(c, 16) >= 0;
  }

  /**
   * The decoded text, or empty if its bytes are not UTF-8. A {@code %} without two hexadecimal
   * digits stands for itself.
   */
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
