package io.datastored.config;

import java.util.Optional;

/**
 * A datastore name is the id in the header of a section of {@code datastore.cfg}. Immutable.
 *
 * @param value 3 to 32 characters, the first of {@code [A-Za-z0-9_]}, the rest of {@code
 *     [A-Za-z0-9._-]}
 */
public record DatastoreName(String value) implements Comparable<DatastoreName> {

  public static final int MIN_LENGTH = 3;
  public static final int MAX_LENGTH = 32;

  /** Checks the rule for names. */
  public DatastoreName {
    if (!isValid(value)) {
      throw new IllegalArgumentException(fault(value).orElse(value));
    }
  }

  /**
   * The name in this text.
   *
   * @throws IllegalArgumentException when the text is not a name
   */
  public static DatastoreName of(String value) {
    return new DatastoreName(value);
  }

  /** The name in this text, or empty if it is not a name. */
  public static Optional<DatastoreName> tryParse(String value) {
    return isValid(value) ? Optional.of(new DatastoreName(value)) : Optional.empty();
  }

  /** Why a text is not a name, in one sentence; empty if it is one. */
  public static Optional<String> fault(String value) {
    return isValid(value)
        ? Optional.empty()
        : Optional.of(
            "'%s' is not a datastore name: %s".formatted(Truncated.of(value), rule(value)));
  }

  private static String rule(String value) {
    int length = value.codePointCount(0, value.length());
    if (length < MIN_LENGTH || length > MAX_LENGTH) {
      return "it has %d characters; %d to %d are allowed".formatted(length, MIN_LENGTH, MAX_LENGTH);
    }
    return IdSyntax.matches(value, 0, 1)
        ? "only letters of ASCII, digits, '.', '_' and '-' are allowed"
        : "the first character must be a letter of ASCII, a digit or '_'";
  }

  private static boolean isValid(String value) {
    int length = value.length();
    return length >= MIN_LENGTH && length <= MAX_LENGTH && IdSyntax.matches(value);
  }

  @Override
  public int compareTo(DatastoreName other) {
    return value.compareTo(other.value);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DatastoreName name && value.equals(name.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return value;
  }
}
