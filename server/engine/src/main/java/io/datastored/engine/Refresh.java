package io.datastored.engine;

import io.datastored.file.StoreException;
import io.datastored.history.StateStore;
import java.time.Duration;
import java.util.Optional;

/**
 * A refresh brings the snapshot up to date with the disk, unless an edit must rest first. Confined
 * to the thread that holds {@link Committer}'s gate.
 */
final class Refresh {

  private final CommitLog commitLog;
  private final SnapshotPublisher publisher;
  private final EditDebounce debounce;
  private final UncommittedEdit edit;
  private final Publication publication;

  Refresh(
      CommitLog commitLog,
      SnapshotPublisher publisher,
      EditDebounce debounce,
      UncommittedEdit edit,
      Publication publication) {
    this.commitLog = commitLog;
    this.publisher = publisher;
    this.debounce = debounce;
    this.edit = edit;
    this.publication = publication;
  }

  /** Brings the snapshot up to date; how long an edit must rest first, if it must. */
  Optional<Duration> run(CommitLog.Look how) throws StoreException {
    commitLog.requireOpen();
    CommitLog.Seen seen = look(how);
    if (seen.fits() && !seen.lost()) {
      publication.adopt(seen);
      return Optional.empty();
    }
    Optional<Duration> rest = seen.fits() ? Optional.empty() : rest(seen);
    if (rest.isPresent()) {
      return rest;
    }
    try (StateStore.Held held = commitLog.lock()) {
      return runLocked();
    } catch (StoreException e) {
      if (!seen.fits()
          && e.reason() != StoreException.Reason.CONTENT_LOST
          && !commitLog.isClosed()) {
        edit.found(seen, e);
      }
      throw e;
    }
  }

  private CommitLog.Seen look(CommitLog.Look how) throws StoreException {
    try {
      return commitLog.look(publisher.current().state(), how);
    } catch (StoreException e) {
      if (e.reason() != StoreException.Reason.DESCRIPTORS) {
        throw e;
      }
      return lookWithoutDescriptors(e);
    }
  }

  /**
   * To ask for the stamp of a file takes no descriptor; to read a file that has another one does.
   */
  private CommitLog.Seen lookWithoutDescriptors(StoreException why) throws StoreException {
    try {
      return commitLog.look(publisher.current().state(), CommitLog.Look.AT_STAMPS);
    } catch (StoreException e) {
      if (e.reason() == StoreException.Reason.DESCRIPTORS) {
        edit.foundUnread(why);
      }
      throw e;
    }
  }

  /** The same for who holds the state lock, and so may commit an edit. */
  Optional<Duration> runLocked() throws StoreException {
    // Looks again: of several processes that found one manual edit, who gets the lock second finds
    // it committed, so there is one generation of it.
    CommitLog.Seen seen = commitLog.look(publisher.current().state(), CommitLog.Look.AT_STAMPS);
    if (seen.fits()) {
      if (seen.lost()) {
        publication.commit(seen.state());
      }
      publication.adopt(seen);
      return Optional.empty();
    }
    Optional<Duration> rest = rest(seen);
    if (rest.isEmpty()) {
      try {
        publication.accept(seen);
      } catch (StoreException e) {
        edit.found(seen, e);
        throw e;
      }
    }
    return rest;
  }

  /** How long an edit must rest before it is believed; empty: it is believed now. */
  Optional<Duration> rest(CommitLog.Seen seen) throws StoreException {
    if (!seen.content().exists()) {
      debounce.vanished();
      throw new StoreException(
          StoreException.Reason.CONTENT_LOST,
          commitLog + " is missing: restore it, or create an empty file");
    }
    Optional<Duration> rest = debounce.remaining(seen.content());
    if (rest.isEmpty()) {
      Optional<LostContent> lost = LostContent.between(seen.state(), seen.content().bytes());
      if (lost.isPresent() && !commitLog.isMeant(seen)) {
        throw new StoreException(
            StoreException.Reason.CONTENT_LOST,
            lost.get().message(commitLog.toString(), commitLog.stateDirectory()));
      }
    }
    return rest;
  }
}
