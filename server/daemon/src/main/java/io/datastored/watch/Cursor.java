package io.datastored.watch;

import io.datastored.history.Generation;
import io.datastored.history.Incarnation;
import io.datastored.history.Revision;

/**
 * A cursor is the revision up to which a stream has sent everything. Thread-safe for one writer at
 * a time.
 *
 * <p>Within one history it moves in place and is not replaced: every stream moves with each change,
 * and writing a new reference into that many old objects is expensive for the garbage collector.
 */
final class Cursor {
  private final Incarnation incarnation;
  private volatile long generation;

  Cursor(Revision start) {
    this.incarnation = start.incarnation();
    this.generation = start.generation().value();
  }

  /** Moves the cursor; returns a new one only if the history changes. */
  Cursor movedTo(Revision revision) {
    if (!incarnation.equals(revision.incarnation())) {
      return new Cursor(revision);
    }
    generation = revision.generation().value();
    return this;
  }

  Revision revision() {
    return new Revision(incarnation, new Generation(generation));
  }

  @Override
  public String toString() {
    return revision().toString();
  }
}
