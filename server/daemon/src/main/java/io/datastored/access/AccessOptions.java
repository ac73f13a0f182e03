package io.datastored.access;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Access options say which rules are in force. Immutable.
 *
 * @param rules the file of the rules; empty: the built-in rules
 * @param open whether everybody may do everything, for trials; not together with a file
 * @param check how often the file is read
 */
public record AccessOptions(Optional<Path> rules, boolean open, Duration check) {

  public AccessOptions {
    if (open && rules.isPresent()) {
      throw new IllegalArgumentException("choose one: rules, or no rules at all");
    }
    if (check.isNegative() || check.isZero()) {
      throw new IllegalArgumentException("the time between two looks must be positive: " + check);
    }
  }

  /** A builder of access options; unset options keep their defaults. Not thread-safe. */
  public static final class Builder {
    public Optional<Path> rules = Optional.empty();
    public boolean open;
    public Duration check = Duration.ofSeconds(2);

    public AccessOptions build() {
      return new AccessOptions(rules, open, check);
    }
  }
}
