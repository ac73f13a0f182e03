package io.datastored.cli.flag;

import java.util.Locale;

/** What happens to a command whose lease is lost. Immutable. */
public enum OnLost {
  /** It is ended before anybody else may be let in. */
  TERM,
  /** It goes on, and its user has been told. */
  WARN;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
