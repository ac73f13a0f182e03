package io.datastored.cli.view;

import java.util.Locale;

/** An output format is for whom a command prints: people or programs. Immutable. */
public enum OutputFormat {
  TABLE,
  JSON;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
