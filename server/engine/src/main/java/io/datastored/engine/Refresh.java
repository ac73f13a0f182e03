package io.datastored.engine;

import io.datastored.engine.snapshot.Successor;
import io.datastored.file.StoreException;
import io.datastored.history.Store;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * A refresh brings the snapshot up to date with the store, unless an edit must rest first. Confined
 * to the thread that holds {@link Committer}'s gate.
 */
final class Refresh {

  private final Store store;
  private final Duration holdWait;
  private final SnapshotPublisher publisher;
  private final UncommittedEdit edit;
  private final Publication publication;
  private final LongAdder looks;
  private boolean closed;

  Refresh(
      Store store,
      Duration holdWait,
      SnapshotPublisher publisher,
      UncommittedEdit edit,
      Publication publication,
      LongAdder looks) {
    this.store = store;
    this.holdWait = holdWait;
    this.publisher = publisher;
    this.edit = edit;
    this.publication = publication;
    this.looks = looks;
  }

  /** Nothing is committed any more. */
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

  /** Keeps everybody else from committing until it is closed. */
  Store.Held hold() throws StoreException {
    requireOpen();
    return store.hold(holdWait);
  }

  Store.Seen look(Store.Look how) throws StoreException {
    Store.Seen seen = store.look(publisher.current().state(), how);
    looks.increment();
    return seen;
  }

  /** Brings the snapshot up to date; how long an edit must rest first, if it must. */
  Optional<Duration> run(Store.Look how) throws StoreException {
    requireOpen();
    Store.Seen seen = lookOrClose(how);
    if (seen.fits() && !seen.stateLost()) {
      publication.adopt(seen);
      return Optional.empty();
    }
    requireContent(seen);
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
   * The same for who holds the store, and so may commit an edit.
   *
   * @return what is accepted, or an edit that must rest
   */
  Store.Seen runHeld() throws StoreException {
    // Looks again: of several processes that found one manual edit, who holds the store second
    // finds it committed, so there is one generation of it.
    while (true) {
      Store.Seen seen = look(Store.Look.AT_STAMPS);
      if (seen.fits()) {
        if (seen.stateLost()) {
          publication.restore(seen);
        }
        publication.adopt(seen);
        return seen;
      }
      requireContent(seen);
      if (seen.rest().isPresent()) {
        return seen;
      }
      try {
        Successor next = publisher.accepting(seen);
        if (publication.accept(seen, next) == Store.Outcome.COMMITTED) {
          return seen.at(next.state());
        }
      } catch (StoreException e) {
        edit.found(seen, e);
        throw e;
      }
    }
  }

  /** Refuses what is not believed until an operator acts. */
  static void requireContent(Store.Seen seen) throws StoreException {
    if (seen.contentLost().isPresent()) {
      throw new StoreException(StoreException.Reason.CONTENT_LOST, seen.contentLost().get());
    }
  }
}
