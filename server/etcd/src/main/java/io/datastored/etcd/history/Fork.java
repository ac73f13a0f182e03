package io.datastored.etcd.history;

import io.datastored.file.StoreException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A fork is the finding that etcd has another history than the one that was followed: it was set
 * back, wiped, or replaced. Thread-safe: one volatile field. Once found, it stays until the store
 * is opened again, because clients have seen what is no longer there.
 */
final class Fork {

  private static final Logger log = LoggerFactory.getLogger(Fork.class);

  private final Keys keys;
  private volatile @Nullable String why;

  Fork(Keys keys) {
    this.keys = keys;
  }

  boolean isFound() {
    return why != null;
  }

  /**
   * Refuses to go on after a fork.
   *
   * @throws StoreException when one was found
   */
  void check() throws StoreException {
    String found = why;
    if (found != null) {
      throw exception(keys, found);
    }
  }

  /** Records a fork; the exception for whoever found it. */
  StoreException found(String reason) {
    why = reason;
    log.atError().addKeyValue("prefix", keys.prefix()).log("fork: {}", reason);
    return exception(keys, reason);
  }

  /** The exception for a fork, with what its finder knows of it. */
  static StoreException exception(Keys keys, String reason) {
    return new StoreException(
        StoreException.Reason.OTHER,
        "the history at "
            + keys
            + " is not the one that was served before (a fork): "
            + reason
            + ". Nothing of it is served: clients may rely on what is no longer there. Find out"
            + " whether etcd was restored from a backup; if so: datastored cluster accept-restore");
  }
}
