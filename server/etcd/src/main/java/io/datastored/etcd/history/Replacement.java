package io.datastored.etcd.history;

import io.datastored.file.StoreException;
import io.datastored.history.Revision;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A replacement is another history in the place of the one that a store has followed: an operator
 * has accepted what was restored, or has begun a new one. It has an incarnation that was never
 * served before, which nothing but an operator gives. Thread-safe.
 */
public final class Replacement {

  private static final Logger log = LoggerFactory.getLogger(Replacement.class);

  private final EtcdStore store;
  private final LastSeen lastSeen;
  private final CompletableFuture<Revision> found = new CompletableFuture<>();

  /**
   * The one of a store; nothing is known of it yet.
   *
   * @param lastSeen knows which histories were replaced before
   */
  public Replacement(EtcdStore store, LastSeen lastSeen) {
    this.store = store;
    this.lastSeen = lastSeen;
  }

  /** Looks whether it is there. May block, for a bounded time. */
  public void look() {
    try {
      Revision newest = store.newest();
      if (!newest.sameHistory(store.initial().revision())
          && !lastSeen.wasReplaced(newest.incarnation())
          && found.complete(newest)) {
        log.atWarn()
            .addKeyValue("served", store.initial().revision())
            .addKeyValue("found", newest)
            .log("another history is in the place of the one that was served");
      }
    } catch (StoreException e) {
      log.atDebug().log("no other history yet: {}", e.getMessage());
    }
  }

  /** Completed when it was found. */
  public CompletableFuture<Revision> found() {
    return found;
  }
}
