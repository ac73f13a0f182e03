package io.datastored.engine;

import io.datastored.file.StoreException;
import io.datastored.history.Store;

/**
 * An uncommitted edit is one that is known and cannot be committed: what it refuses is refused all
 * the same. Confined to the thread that holds {@link Committer}'s gate.
 */
final class UncommittedEdit {

  private final SnapshotPublisher publisher;

  /** Whether there is one, so that the snapshot refuses more. */
  private boolean known;

  UncommittedEdit(SnapshotPublisher publisher) {
    this.publisher = publisher;
  }

  boolean known() {
    return known;
  }

  /** There is one: what it refuses is refused from now on. */
  void found(Store.Seen edit, StoreException why) {
    known = true;
    publisher.close(
        publisher.serve(edit.state(), publisher.parse(edit.content())),
        "that cannot be accepted: " + why.getMessage());
  }

  /** There is one, and nobody can tell what it refuses. */
  void foundUnread(StoreException why) {
    known = true;
    publisher.closeAll(
        "the configuration has changed, and what it says now cannot be read: " + why.getMessage());
  }

  /** What was accepted is all there is. */
  void gone() {
    if (known) {
      known = false;
      publisher.reopen();
    }
  }

  /** A snapshot is about to be published in its place. */
  void superseded() {
    known = false;
  }
}
