package io.datastored.engine;

import io.datastored.config.DatastoreName;
import io.datastored.config.document.ConfigDocument;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.AcceptedText;
import io.datastored.history.ConfigContent;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A publication is the step by which what is committed becomes the snapshot, after it was committed
 * where it was not. Confined to the thread that holds {@link Committer}'s gate.
 */
final class Publication {

  private static final Logger log = LoggerFactory.getLogger(Publication.class);

  private final CommitLog commitLog;
  private final SnapshotPublisher publisher;
  private final EditDebounce debounce;
  private final UncommittedEdit edit;
  private final Troubles troubles;

  Publication(
      CommitLog commitLog,
      SnapshotPublisher publisher,
      EditDebounce debounce,
      UncommittedEdit edit,
      Troubles troubles) {
    this.commitLog = commitLog;
    this.publisher = publisher;
    this.debounce = debounce;
    this.edit = edit;
    this.troubles = troubles;
  }

  /** Publishes what is committed already, by whomever. */
  void adopt(CommitLog.Seen seen) throws StoreException {
    debounce.settled(seen.file());
    if (publisher.current().state().equals(seen.state())) {
      edit.gone();
    } else {
      ConfigDocument parsed = publisher.parse(seen.content());
      LastGood.Served served = publisher.serve(seen.state(), parsed);
      publisher.announce(seen.state(), served);
      publish(seen.state(), parsed, served);
    }
  }

  /** Commits an edit and publishes it. Holds the state lock. */
  void accept(CommitLog.Seen seen) throws StoreException {
    ConfigContent content = seen.content();
    accept(
        seen.state(),
        publisher.parse(content),
        AcceptedText.of(content.digest(), content.bytes()),
        Map.of());
    debounce.settled(seen.file());
  }

  /**
   * Commits what a document says as the successor of {@code state} and publishes it. Holds the
   * state lock.
   */
  void accept(
      AcceptedState state,
      ConfigDocument parsed,
      AcceptedText text,
      Map<DatastoreName, Boolean> mounted)
      throws StoreException {
    LastGood.Served served = publisher.serve(state, parsed);
    AcceptedState next = publisher.accept(state, served, text.digest(), mounted, Map.of()).of(text);
    publisher.announce(state, served);
    if (!next.equals(state)) {
      commit(next);
      warnOfRemoval(state, next);
    } else if (state.text().bytes().isEmpty()) {
      keepText(next);
    }
    if (!next.equals(publisher.current().state()) || publisher.empty()) {
      publish(next, parsed, served);
    }
    edit.gone();
  }

  /** A state of an earlier version has no text. Nothing that is served depends on it now. */
  private void keepText(AcceptedState next) {
    try {
      commit(next);
    } catch (StoreException e) {
      log.atWarn().log("the accepted configuration is not kept yet: {}", e.getMessage());
    }
  }

  /** Commits a state and publishes nothing. Holds the state lock. */
  void commit(AcceptedState next) throws StoreException {
    commitLog.commit(next);
    troubles.clear(TroubleCause.STATE);
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
          .log("an edit of {} removed more than half of the datastores", commitLog);
    }
  }

  /** Makes a committed state the snapshot. */
  void publish(AcceptedState state, ConfigDocument parsed, LastGood.Served served) {
    // Ring first: from here on no process grants on what was before without looking again.
    commitLog.ring(state);
    edit.superseded();
    publisher.publish(state, parsed, served);
  }
}
