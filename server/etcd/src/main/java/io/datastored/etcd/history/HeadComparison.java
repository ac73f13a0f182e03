package io.datastored.etcd.history;

import io.datastored.file.StoreException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A head comparison finds out whether what is followed is on the line of the head in etcd. A watch
 * alone does not tell: from a revision that etcd no longer has, it is silent for ever. Thread-safe.
 */
public final class HeadComparison {

  private static final Logger log = LoggerFactory.getLogger(HeadComparison.class);

  private final Follower follower;

  /** A commit that the last comparison found, and that was not followed then. */
  private final AtomicReference<@Nullable CommitId> unfollowed = new AtomicReference<>();

  HeadComparison(Follower follower) {
    this.follower = follower;
  }

  /** A comparison that has begun. */
  @FunctionalInterface
  public interface Begun {

    /**
     * Whether it is on the same line. May read everything, if it does not seem to be.
     *
     * @param head the value of the head; empty: there is none
     * @return false also when that cannot be found out now
     */
    boolean isSameLine(Optional<byte[]> head);
  }

  /**
   * Begins, before the head is read: a commit that is followed afterwards would look as if etcd had
   * gone back.
   */
  public Begun begin() {
    HeadText served;
    try {
      served = follower.view().head();
    } catch (StoreException e) {
      return head -> false;
    }
    return head -> compare(served, head);
  }

  private boolean compare(HeadText served, Optional<byte[]> found) {
    HeadText head;
    try {
      head = HeadText.read(found.orElseThrow(IllegalArgumentException::new));
    } catch (IllegalArgumentException e) {
      return confirm();
    }
    return switch (head.to(served)) {
      case SAME -> true;
      case LATER -> follows(head);
      case OUT_OF_SIGHT, FORK -> confirm();
    };
  }

  /** A later commit is on its way, or the watch is silent. */
  private boolean follows(HeadText head) {
    CommitId before = unfollowed.getAndSet(head.commit());
    return !head.commit().equals(before) || isFollowed(head) || confirm();
  }

  private boolean isFollowed(HeadText head) {
    try {
      return follower.view().head().includes(head.commit());
    } catch (StoreException e) {
      return false;
    }
  }

  /** Reads everything; a fork is found there. */
  private boolean confirm() {
    try {
      View unused = follower.reload();
      return true;
    } catch (StoreException e) {
      log.atDebug().log("not on the line of the head, or not known: {}", e.getMessage());
      return false;
    }
  }
}
