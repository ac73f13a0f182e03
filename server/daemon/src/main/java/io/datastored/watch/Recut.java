package io.datastored.watch;

/**
 * A recut is what a watcher has to be sent because its rights have changed, beside what has changed
 * for its new group. Immutable.
 */
sealed interface Recut {

  /**
   * One change from what it was sent in its previous group.
   *
   * @param before what it was sent in that group
   * @param at the head up to which that group was sent anything: later datastores that {@code
   *     before} covers were never shown, so they must not be named as removed
   * @param left the touches of that group at this head
   * @param joined the touches of the new group at this head
   */
  record Change(Scope before, Head at, long left, long joined) implements Recut {}

  /**
   * A snapshot: the rights changed again before the change was sent. So at most the head of the
   * last change of rules is kept for watchers that do not read.
   */
  enum Snapshot implements Recut {
    ANEW
  }
}
