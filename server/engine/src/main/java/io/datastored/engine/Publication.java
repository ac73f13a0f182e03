package io.datastored.engine;

import io.datastored.config.document.ConfigDocument;
import io.datastored.engine.health.TroubleCause;
import io.datastored.engine.health.Troubles;
import io.datastored.engine.snapshot.LastGood;
import io.datastored.engine.snapshot.Successor;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.Store;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A publication is the step that makes the successor of the snapshot the snapshot: committed →
 * doorbell raised → snapshot swapped → listeners notified. Confined to the thread that holds {@link
 * Committer}'s gate.
 */
final class Publication {

  private static final Logger log = LoggerFactory.getLogger(Publication.class);

  private final Store store;
  private final SnapshotPublisher publisher;
  private final UncommittedEdit edit;
  private final Troubles troubles;
  private final CommitCounts counts;
  private final Store.Aside aside;

  /**
   * @param aside lets others have the gate while a store asks what became of a commit
   */
  Publication(
      Store store,
      SnapshotPublisher publisher,
      UncommittedEdit edit,
      Troubles troubles,
      CommitCounts counts,
      Store.Aside aside) {
    this.store = store;
    this.publisher = publisher;
    this.edit = edit;
    this.troubles = troubles;
    this.counts = counts;
    this.aside = aside;
  }

  /** Publishes a state that this or another process has already committed. */
  void adopt(Store.Seen seen) throws StoreException {
    if (publisher.current().state().equals(seen.state())) {
      edit.gone();
    } else {
      ConfigDocument parsed = publisher.parse(seen.content());
      LastGood.Served served = publisher.serve(seen.state(), parsed);
      publisher.announce(seen.state(), served);
      publish(seen.state(), parsed, served, ReloadCause.OTHER_PROCESS);
    }
  }

  /**
   * Commits the decision of a write, and publishes it. The store is held.
   *
   * @param on what the decision was based on
   */
  Store.Outcome commit(Store.Seen on, Successor next, BooleanSupplier withdrawn)
      throws StoreException {
    try {
      publisher.announce(on.state(), next.served());
      AcceptedState before = publisher.current().state();
      Store.Outcome outcome = count(stored(on, next.draft(withdrawn, aside)));
      // Whoever had the gate meanwhile (see Store.Aside) may have adopted it, or a later one.
      if (outcome == Store.Outcome.COMMITTED && publisher.current().state().equals(before)) {
        publish(next.state(), next.document(), next.served(), ReloadCause.WRITE);
      }
      return outcome;
    } catch (StoreException e) {
      troubles.raise(TroubleCause.STATE, "a change cannot be written: " + e.getMessage());
      throw e;
    }
  }

  /**
   * Commits what the configuration file already says, or the state of devices, and publishes it.
   * The store is held.
   *
   * @param on what was seen
   * @param cause why it is served from now on
   */
  Store.Outcome accept(Store.Seen on, Successor next, ReloadCause cause) throws StoreException {
    publisher.announce(on.state(), next.served());
    AcceptedState before = publisher.current().state();
    if (!next.state().equals(on.state())) {
      if (commit(on, next) != Store.Outcome.COMMITTED) {
        return Store.Outcome.OVERTAKEN;
      }
      warnOfRemoval(on.state(), next.state());
    } else if (on.state().text().bytes().isEmpty()) {
      keepText(on, next);
    }
    boolean adopted = !publisher.current().state().equals(before);
    if ((!adopted && !next.state().equals(before)) || publisher.empty()) {
      publish(next.state(), next.document(), next.served(), cause);
    }
    edit.gone();
    return Store.Outcome.COMMITTED;
  }

  /**
   * Adds the text that the state of an earlier version lacks. Nothing that is served depends on it
   * now.
   */
  private void keepText(Store.Seen on, Successor next) {
    try {
      Store.Outcome unused = commit(on, next);
    } catch (StoreException e) {
      log.atWarn().log("the accepted configuration could not be saved yet: {}", e.getMessage());
    }
  }

  private Store.Outcome commit(Store.Seen on, Successor next) throws StoreException {
    return count(stored(on, next.draft(() -> false, aside)));
  }

  private Store.Outcome stored(Store.Seen on, Store.Draft draft) throws StoreException {
    try (CommitCounts.StoreWork work = counts.storing(store::syncNanos)) {
      return store.commit(on, draft);
    }
  }

  /** Commits again a state whose file was lost. The store is held. */
  void restore(Store.Seen seen) throws StoreException {
    Store.Outcome unused =
        count(stored(seen, new Store.Draft(seen.state(), Optional.empty(), () -> false)));
  }

  private Store.Outcome count(Store.Outcome outcome) {
    if (outcome == Store.Outcome.COMMITTED) {
      counts.committed();
      troubles.clear(TroubleCause.STATE);
    }
    return outcome;
  }

  private void warnOfRemoval(AcceptedState before, AcceptedState after) {
    int had = before.datastores().size();
    long removed =
        before.datastores().keySet().stream()
            .filter(name -> !after.datastores().containsKey(name))
            .count();
    if (removed * 2 > had) {
      log.atWarn()
          .addKeyValue("removed", removed)
          .addKeyValue("of", had)
          .log("an edit of {} removed more than half of the datastores", store.describe());
    }
  }

  /**
   * Makes a committed state the snapshot, whichever process committed it. That process may have
   * died between its commit and the doorbell; other processes then keep granting on the previous
   * state until the process that finds the new one raises the doorbell.
   */
  void publish(
      AcceptedState state, ConfigDocument parsed, LastGood.Served served, ReloadCause cause) {
    // Raise the doorbell first: from here on no process grants on the previous state without
    // checking again.
    store.doorbell().raise(state.generation());
    edit.superseded();
    publisher.publish(state, parsed, served);
    counts.published(cause, state.revision());
  }
}
