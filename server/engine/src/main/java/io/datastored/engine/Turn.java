package io.datastored.engine;

import io.datastored.config.DatastoreName;
import io.datastored.config.document.ConfigDocument;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.AcceptedText;
import io.datastored.history.ConfigContent;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A turn is what a write may do while nobody else writes. Confined to the thread that holds {@link
 * Committer}'s gate, which is checked: everything is done inside of {@link Committer#write}.
 */
final class Turn {

  private final ReentrantLock gate;
  private final CommitLog commitLog;
  private final SnapshotPublisher publisher;
  private final EditDebounce debounce;
  private final Publication publication;
  private final Troubles troubles;

  Turn(
      ReentrantLock gate,
      CommitLog commitLog,
      SnapshotPublisher publisher,
      EditDebounce debounce,
      Publication publication,
      Troubles troubles) {
    this.gate = gate;
    this.commitLog = commitLog;
    this.publisher = publisher;
    this.debounce = debounce;
    this.publication = publication;
    this.troubles = troubles;
  }

  /** The snapshot, which is up to date. */
  Snapshot current() {
    return publisher.current();
  }

  /** The document behind the snapshot. */
  ConfigDocument document() {
    checkGate();
    return publisher.document();
  }

  /**
   * What {@link #save} would do.
   *
   * @throws StoreException when the configuration takes no saves and one would be needed
   */
  Change preview(ConfigDocument next, Map<DatastoreName, ModeAnnotations> notes)
      throws StoreException {
    checkGate();
    Change change = publisher.preview(next, notes);
    if (!change.isEmpty()) {
      commitLog.requireWritable();
    }
    return change;
  }

  /**
   * Saves {@code next} and commits it, unless it changes nothing that is served.
   *
   * @param notes what only the caller knows of a datastore's mode
   * @throws StoreException when it cannot be written, see {@link CommitLog#save}
   * @throws EditedMeanwhileException when the file is not what the snapshot was read from any more
   * @throws WithdrawnException when nobody wants it any more
   */
  void save(ConfigDocument next, Map<DatastoreName, ModeAnnotations> notes, Engine.Intent intent)
      throws StoreException, EditedMeanwhileException, WithdrawnException {
    checkGate();
    SnapshotPublisher.Successor successor = publisher.successor(next, notes);
    if (successor.state().generation().equals(current().state().generation())) {
      return;
    }
    try {
      save(next, successor, intent);
      troubles.clear(TroubleCause.STATE);
    } catch (StoreException e) {
      troubles.raise(TroubleCause.STATE, "a change cannot be written: " + e.getMessage());
      throw e;
    }
  }

  private void save(
      ConfigDocument next, SnapshotPublisher.Successor successor, Engine.Intent intent)
      throws StoreException, EditedMeanwhileException, WithdrawnException {
    AcceptedState state = successor.state();
    publisher.announce(current().state(), successor.served());
    if (successor.content().isEmpty()) {
      intent.requireWanted();
      commitLog.commit(state);
      publication.publish(state, next, successor.served());
    } else {
      ConfigContent config = successor.content().get();
      AcceptedState accepting = state.of(AcceptedText.of(config.digest(), config.bytes()));
      commitLog.save(
          current().digest(),
          config,
          accepting,
          intent,
          () -> {
            debounce.settled(Optional.empty());
            publication.publish(accepting, next, successor.served());
          });
    }
  }

  private void checkGate() {
    if (!gate.isHeldByCurrentThread()) {
      throw new IllegalStateException("only a write may do this");
    }
  }
}
