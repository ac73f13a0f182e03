package io.datastored.cli;

import java.util.Locale;

/** What happens to a command whose lease is lost. Immutable. */
enum OnLost {
  /** It is ended before anybody else may be let in. */
  TERM,
  /** It goes on, and its user has been told. */
  WARN;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
