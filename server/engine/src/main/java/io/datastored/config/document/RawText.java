package io.datastored.config.document;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Utf8;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import org.jspecify.annotations.Nullable;

/**
 * A raw text is bytes decoded as UTF-8, in which each invalid byte is represented by a lone
 * surrogate, {@code U+DC00} plus the byte. Immutable. So an invalid byte affects one section
 * instead of the file, and a rewrite preserves it. Valid UTF-8 has no lone surrogates, so the
 * representation is unambiguous.
 *
 * <p>If it was not read from bytes, its bytes are computed on first use.
 */
final class RawText {

  private static final int BASE = 0xDC00;
  private static final char REPLACEMENT = '\uFFFD';

  /** Whether it has no lone surrogates. */
  private final boolean wellFormed;

  private final String text;

  /** Computed on first use; two threads may both compute them, with equal results. */
  private volatile byte @Nullable [] bytes;

  private RawText(String text, byte @Nullable [] bytes, boolean wellFormed) {
    this.text = text;
    this.bytes = bytes;
    this.wellFormed = wellFormed;
  }

  /** A text from the bytes of a file, which must not be modified afterwards. */
  static RawText of(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    // Invalid bytes were decoded to replacement characters; but the file itself may contain one,
    // too.
    return text.indexOf(REPLACEMENT) < 0 || Utf8.isWellFormed(bytes)
        ? new RawText(text, bytes, true)
        : new RawText(decode(bytes), bytes, false);
  }

  /**
   * A text from characters. Encoding and decoding it is the fastest way to check that nothing is
   * replaced.
   */
  static RawText of(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return new String(bytes, UTF_8).equals(text)
        ? new RawText(text, bytes, true)
        : new RawText(text, null, false);
  }

  /** This text with another part between two indexes. */
  RawText replacing(int start, int end, String part) {
    return new RawText(
        text.substring(0, start) + part + text.substring(end),
        null,
        wellFormed && of(part).wellFormed);
  }

  /** The characters. */
  String text() {
    return text;
  }

  /** The bytes that it represents, which must not be modified. */
  byte[] bytes() {
    byte[] known = bytes;
    if (known == null) {
      known = wellFormed ? text.getBytes(UTF_8) : encode(text);
      bytes = known;
    }
    return known;
  }

  /** The bytes of a part of it. */
  byte[] bytes(int start, int end) {
    String part = text.substring(start, end);
    return wellFormed ? part.getBytes(UTF_8) : encode(part);
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
