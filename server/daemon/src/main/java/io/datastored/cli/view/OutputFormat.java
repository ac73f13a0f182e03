package io.datastored.cli.view;

import java.util.Locale;

/** An output format is the form of a command's output: for people or for programs. Immutable. */
public enum OutputFormat {
  TABLE,
  JSON;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
