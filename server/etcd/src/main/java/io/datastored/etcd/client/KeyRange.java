package io.datastored.etcd.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;

/**
 * A range of keys is one key, or all from a first one to before an end. Immutable.
 *
 * @param start the first key; not empty
 * @param end the first key behind the range; empty if the range is one key; one byte 0 if it has no
 *     end
 */
public record KeyRange(ByteString start, ByteString end) {

  private static final ByteString ZERO = ByteString.copyFrom(new byte[] {0});

  public KeyRange {
    if (start.isEmpty()) {
      throw new IllegalArgumentException("a key has at least one byte");
    }
  }

  /** One key. */
  public static KeyRange of(String key) {
    return new KeyRange(ByteString.copyFromUtf8(key), ByteString.EMPTY);
  }

  /** All keys that begin so. */
  public static KeyRange prefix(String prefix) {
    return prefix(ByteString.copyFromUtf8(prefix));
  }

  /** The same, of a prefix that need not be UTF-8. */
  public static KeyRange prefix(ByteString prefix) {
    return new KeyRange(prefix, behind(prefix));
  }

  /** From this key, included, to that one, which is not. */
  public static KeyRange between(String first, String end) {
    return new KeyRange(ByteString.copyFromUtf8(first), ByteString.copyFromUtf8(end));
  }

  /** The part of this range that is behind this key. */
  public KeyRange after(ByteString key) {
    return new KeyRange(key.concat(ZERO), end);
  }

  // The last byte that can be raised is raised; bytes behind it do not matter.
  private static ByteString behind(ByteString prefix) {
    for (int last = prefix.size() - 1; last >= 0; last--) {
      int next = (prefix.byteAt(last) & 0xff) + 1;
      if (next <= 0xff) {
        return prefix.substring(0, last).concat(ByteString.copyFrom(new byte[] {(byte) next}));
      }
    }
    return ZERO;
  }

  @Override
  public String toString() {
    return end.isEmpty() ? start.toString(UTF_8) : start.toString(UTF_8) + "..";
  }
}
