package io.datastored.cli;

import java.util.Locale;

/** A log level says how much a server tells. Immutable. */
enum LogLevel {
  ERROR,
  WARN,
  INFO,
  DEBUG;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
