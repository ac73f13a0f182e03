package io.datastored.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Utf8;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;

/**
 * A raw text is bytes taken for UTF-8, with each byte that is not standing as a lone surrogate,
 * {@code U+DC00} plus the byte. Immutable. So one bad byte spoils one section instead of the file,
 * and a rewrite gives it back. No UTF-8 text has lone surrogates, so the two never meet.
 *
 * @param wellFormed whether it has none
 */
record RawText(String text, boolean wellFormed) {

  private static final int BASE = 0xDC00;
  private static final char REPLACEMENT = '\uFFFD';

  /** Takes bytes as they are in a file. */
  static RawText of(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    // Where bytes are not UTF-8, there is a replacement now; but one may be in the file, too.
    return text.indexOf(REPLACEMENT) < 0 || Utf8.isWellFormed(bytes)
        ? new RawText(text, true)
        : new RawText(decode(bytes), false);
  }

  /**
   * Takes a text. To write it and read it back is the fastest way to see that nothing is replaced.
   */
  static RawText of(String text) {
    return new RawText(text, new String(text.getBytes(UTF_8), UTF_8).equals(text));
  }

  /** Returns the bytes that it stands for. */
  byte[] bytes() {
    return wellFormed ? text.getBytes(UTF_8) : encode(text);
  }

  private static String decode(byte[] bytes) {
    CharsetDecoder decoder = UTF_8.newDecoder();
    ByteBuffer from = ByteBuffer.wrap(bytes);
    CharBuffer into = CharBuffer.allocate(bytes.length);
    while (true) {
      CoderResult result = decoder.decode(from, into, true);
      if (!result.isError()) {
        return into.flip().toString();
      }
      for (int i = 0; i < result.length(); i++) {
        into.put((char) (BASE + (from.get() & 0xFF)));
      }
    }
  }

  private static byte[] encode(String text) {
    CharsetEncoder encoder = UTF_8.newEncoder();
    CharBuffer from = CharBuffer.wrap(text);
    ByteArrayOutputStream into = new ByteArrayOutputStream(text.length() + text.length() / 8);
    ByteBuffer chunk = ByteBuffer.allocate(1 << 13);
    while (true) {
      CoderResult result = encoder.encode(from, chunk, true);
      into.write(chunk.array(), 0, chunk.position());
      chunk.clear();
      if (result.isError()) {
        into.write(from.get());
      } else if (result.isUnderflow()) {
        return into.toByteArray();
      }
    }
  }
}
