package io.datastored.watch;

/** A view is how much of each datastore a watcher is told. Immutable. */
public enum View {
  /** Everything but the settings. */
  BASIC,
  /** Everything. */
  FULL
}
