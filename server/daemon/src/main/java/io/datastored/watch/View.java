package io.datastored.watch;

import io.datastored.access.Verb;

/** A view is how much of each datastore a watcher gets. Immutable. */
public enum View {
  /** The datastore without its settings. */
  BASIC(Verb.SEE),
  /** The datastore with its settings. */
  FULL(Verb.SETTINGS);

  private final Verb needs;

  View(Verb needs) {
    this.needs = needs;
  }

  /** What the rights must allow for at least one name. */
  public Verb needs() {
    return needs;
  }
}
