package io.datastored.engine;

import io.datastored.file.StoreException;
import io.datastored.history.Store;

/**
 * An uncommitted edit is a known edit that cannot be committed; what it refuses is refused
 * nevertheless. Confined to the thread that holds {@link Committer}'s gate.
 */
final class UncommittedEdit {

  private final SnapshotPublisher publisher;

  /** Whether there is one, and the snapshot therefore refuses more. */
  private boolean known;

  UncommittedEdit(SnapshotPublisher publisher) {
    this.publisher = publisher;
  }

  boolean known() {
    return known;
  }

  /** Records an edit: what it refuses is refused from now on. */
  void found(Store.Seen edit, StoreException why) {
    known = true;
    publisher.close(
        publisher.serve(edit.state(), publisher.parse(edit.content())),
        "that cannot be accepted: " + why.getMessage());
  }

  /** Records an edit whose content is unknown: everything is refused. */
  void foundUnread(StoreException why) {
    known = true;
    publisher.closeAll(
        "the configuration has changed, and what it says now cannot be read: " + why.getMessage());
  }

  /** Records that there is no uncommitted edit. */
  void gone() {
    if (known) {
      known = false;
      publisher.reopen();
    }
  }

  /** Records that a snapshot is about to be published in its place. */
  void superseded() {
    known = false;
  }
}
