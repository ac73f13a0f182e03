package io.datastored.cli.flag;

import java.util.Locale;

/** A log level says how much a server tells. Immutable. */
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
