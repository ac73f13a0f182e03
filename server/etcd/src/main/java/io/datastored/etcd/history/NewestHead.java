package io.datastored.etcd.history;

import io.datastored.etcd.history.KeyValues.Entry;
import io.datastored.file.StoreException;
import java.time.Duration;
import java.util.Optional;

/**
 * A newest head is the head of a history as it is in etcd at this moment, whatever is followed.
 * Thread-safe.
 */
final class NewestHead {

  /** How many commits of others may come between, each waited for. */
  private static final int MOST_COMMITS = 100;

  private final KeyValues etcd;
  private final Keys keys;
  private final Follower follower;
  private final Duration patience;

  /**
   * @param patience how long a commit may take to be reported, before everything is read
   */
  NewestHead(KeyValues etcd, Keys keys, Follower follower, Duration patience) {
    this.etcd = etcd;
    this.keys = keys;
    this.follower = follower;
    this.patience = patience;
  }

  /**
   * Reads it. May block.
   *
   * @throws StoreException also when there is no history any more
   */
  HeadText read() throws StoreException {
    try {
      Optional<Entry> head = new RangeReader(etcd, 1).one(keys.head(), 0);
      if (head.isPresent()) {
        return HeadText.read(head.get().value());
      }
    } catch (KeyValuesException e) {
      throw e.of("read", keys);
    } catch (IllegalArgumentException e) {
      throw new StoreException(
          StoreException.Reason.OTHER, "the head at " + keys + " is damaged: " + e.getMessage());
    }
    throw new StoreException(StoreException.Reason.OTHER, "the head at " + keys + " was deleted");
  }

  /**
   * Reads it, and waits until that commit is followed, or a later one. May block.
   *
   * @throws StoreException also when this is not the history that was followed
   */
  void awaitFollowed() throws StoreException {
    HeadText newest = read();
    View view = follower.view();
    for (int i = 0; i < MOST_COMMITS && !isFollowed(newest, view.head()); i++) {
      view = follower.after(view, patience);
    }
    if (!isFollowed(newest, view.head())) {
      throw new StoreException(
          StoreException.Reason.OTHER,
          "what is at %s cannot be followed at the moment; nothing was changed".formatted(keys));
    }
  }

  /** It may be further back than a head remembers: what is followed is of one line. */
  private static boolean isFollowed(HeadText newest, HeadText followed) {
    return followed.includes(newest.commit())
        || (followed.revision().sameHistory(newest.revision())
            && followed.revision().generation().isAfter(newest.revision().generation()));
  }
}
