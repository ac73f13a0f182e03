package io.datastored.watch;

import org.jspecify.annotations.Nullable;

/**
 * A seat is a watcher's place in a group. Thread-safe: immutable, except that the watcher's own
 * thread clears the recut. A watcher gets another seat when its rights change.
 */
final class Seat {
  private final Group group;
  private final long serial;
  private volatile @Nullable Recut due;

  /** The seat of a new watcher. */
  Seat(Group group) {
    this(group, 0, null);
  }

  /**
   * @param serial the first head for which the seat holds
   * @param due what has to be sent first
   */
  Seat(Group group, long serial, @Nullable Recut due) {
    this.group = group;
    this.serial = serial;
    this.due = due;
  }

  Group group() {
    return group;
  }

  /** Whether a frame of this seat may be cut from a head of this serial. */
  boolean isReachedBy(long head) {
    return head >= serial;
  }

  /** What the watcher has to be sent because its rights changed; null if nothing. */
  @Nullable Recut due() {
    return due;
  }

  /** A frame that was cut for this seat was sent. */
  void settle() {
    if (due != null) {
      due = null;
    }
  }
}
