package io.datastored.lease;

/**
 * A session id names a session. Immutable.
 *
 * @param value 1 to 64 of {@code [A-Za-z0-9._:-]}
 */
public record SessionId(String value) {

  public SessionId {
    if (!isValid(value)) {
      throw new IllegalArgumentException("a session id is 1 to 64 of [A-Za-z0-9._:-]");
    }
  }

  /** Whether a text is a valid session id. */
  public static boolean isValid(String text) {
    return LeaseId.isValid(text);
  }

  @Override
  public String toString() {
    return value;
  }
}
