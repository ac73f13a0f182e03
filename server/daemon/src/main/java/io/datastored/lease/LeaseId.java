package io.datastored.lease;

import com.google.common.base.CharMatcher;

/**
 * A lease id names a lease; it is unique and chosen by the client or the server. Immutable.
 *
 * @param value 1 to 64 of {@code [A-Za-z0-9._:-]}
 */
public record LeaseId(String value) {

  /** The longest id, in characters. */
  public static final int MAX_LENGTH = 64;

  private static final CharMatcher ALLOWED =
      CharMatcher.inRange('A', 'Z')
          .or(CharMatcher.inRange('a', 'z'))
          .or(CharMatcher.inRange('0', '9'))
          .or(CharMatcher.anyOf("._:-"))
          .precomputed();

  public LeaseId {
    if (!isValid(value)) {
      throw new IllegalArgumentException("a lease id is 1 to 64 of [A-Za-z0-9._:-]");
    }
  }

  /** Whether a text is a valid lease id. */
  public static boolean isValid(String text) {
    return !text.isEmpty() && text.length() <= MAX_LENGTH && ALLOWED.matchesAllOf(text);
  }

  @Override
  public String toString() {
    return value;
  }
}
