package io.datastored.cli.view;

import java.util.Locale;

/** A log format is the form of the log: for people or for programs. Immutable. */
public enum LogFormat {
  TEXT,
  JSON;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
