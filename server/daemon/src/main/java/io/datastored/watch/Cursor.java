package io.datastored.watch;

import io.datastored.history.Generation;
import io.datastored.history.Incarnation;
import io.datastored.history.Revision;

/**
 * A cursor is how far a stream has been told everything. Thread-safe for one writer at a time.
 *
 * <p>Within its history it moves in place and is not replaced: ten thousand streams move with each
 * change, and a collector that hears of every reference which is written into an old object was
 * busy for half as long as the streams themselves.
 */
final class Cursor {
  private final Incarnation incarnation;
  private volatile long generation;

  Cursor(Revision start) {
    this.incarnation = start.incarnation();
    this.generation = start.generation().value();
  }

  /** Moves; answers another cursor only in another history. */
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
