package io.datastored.cli;

import java.util.Locale;

/** A log format is for whom a server logs: people or programs. Immutable. */
enum LogFormat {
  TEXT,
  JSON;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
