package io.datastored.watch;

/** A view is how much of each datastore a watcher gets. Immutable. */
public enum View {
  /** The datastore without its settings. */
  BASIC,
  /** The datastore with its settings. */
  FULL
}
