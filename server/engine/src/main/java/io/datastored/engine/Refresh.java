package io.datastored.engine;

import io.datastored.engine.snapshot.Successor;
import io.datastored.file.StoreException;
import io.datastored.history.Store;
import java.time.Duration;
import java.util.Optional;

/**
 * A refresh brings the snapshot up to date with the store, unless an edit must settle first.
 * Confined to the thread that holds {@link Committer}'s gate.
 */
final class Refresh {

  private final Store store;
  private final Duration holdWait;
  private final SnapshotPublisher publisher;
  private final UncommittedEdit edit;
  private final Publication publication;
  private final CommitCounts counts;
  private boolean closed;

  Refresh(
      Store store,
      Duration holdWait,
      SnapshotPublisher publisher,
      UncommittedEdit edit,
      Publication publication,
      CommitCounts counts) {
    this.store = store;
    this.holdWait = holdWait;
    this.publisher = publisher;
    this.edit = edit;
    this.publication = publication;
    this.counts = counts;
  }

  /** Ends all commits. */
  void close() {
    closed = true;
  }

  boolean isClosed() {
    return closed;
  }

  private void requireOpen() throws StoreException {
    if (closed) {
      throw new StoreException(StoreException.Reason.OTHER, "the engine is closed");
    }
  }

  /** Holds the store: no other thread or process can commit until it is closed. */
  Store.Held hold() throws StoreException {
    requireOpen();
    long asked = System.nanoTime();
    try {
      return store.hold(holdWait);
    } finally {
      counts.held(asked);
    }
  }

  Store.Seen look(Store.Look how) throws StoreException {
    Store.Seen seen = store.look(publisher.current().state(), how);
    counts.looked();
    return seen;
  }

  /**
   * Brings the snapshot up to date. If an edit must settle first, the time that this still takes.
   */
  Optional<Duration> run(Store.Look how) throws StoreException {
    requireOpen();
    Store.Seen seen = lookOrClose(how);
    if (seen.fits() && !seen.stateLost()) {
      publication.adopt(seen);
      return Optional.empty();
    }
    seen.requireContent();
    if (seen.rest().isPresent()) {
      return seen.rest();
    }
    try (Store.Held held = hold()) {
      return runHeld().rest();
    } catch (StoreException e) {
      if (!seen.fits() && e.reason() != StoreException.Reason.CONTENT_LOST && !closed) {
        edit.found(seen, e);
      }
      throw e;
    }
  }

  private Store.Seen lookOrClose(Store.Look how) throws StoreException {
    try {
      return look(how);
    } catch (StoreException e) {
      if (e.reason() == StoreException.Reason.DESCRIPTORS) {
        edit.foundUnread(e);
      }
      throw e;
    }
  }

  /**
   * Like {@link #run}, for a caller that holds the store and so may commit an edit.
   *
   * @return what is accepted, or an edit that must settle
   */
  Store.Seen runHeld() throws StoreException {
    // Check again: if several processes found the same manual edit, the second one to hold the
    // store finds it already committed, so the edit makes one generation.
    while (true) {
      Store.Seen seen = look(Store.Look.AT_STAMPS);
      if (seen.fits()) {
        if (seen.stateLost()) {
          publication.restore(seen);
        }
        publication.adopt(seen);
        return seen;
      }
      seen.requireContent();
      if (seen.rest().isPresent()) {
        return seen;
      }
      try {
        Successor next = publisher.accepting(seen);
        if (publication.accept(seen, next, ReloadCause.EDIT) == Store.Outcome.COMMITTED) {
          return seen.at(next.state());
        }
      } catch (StoreException e) {
        edit.found(seen, e);
        throw e;
      }
    }
  }
}
