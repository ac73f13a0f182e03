package io.datastored.cli.view;

import java.util.Locale;

/** A log format is for whom a server logs: people or programs. Immutable. */
public enum LogFormat {
  TEXT,
  JSON;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
