package io.datastored.cli.flag;

import java.util.Locale;

/** An on-lost action is what happens to a command whose lease is lost. Immutable. */
public enum OnLost {
  /** The command is ended before its lease stops counting, so before a drain can complete. */
  TERM,
  /** The command continues, and its user is warned. */
  WARN;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
