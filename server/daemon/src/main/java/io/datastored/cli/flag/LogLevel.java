package io.datastored.cli.flag;

import java.util.Locale;

/** A log level is the lowest severity that a server logs. Immutable. */
public enum LogLevel {
  ERROR,
  WARN,
  INFO,
  DEBUG;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
