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

  /** The head of the last comparison, if it was not followed then. */
  private final AtomicReference<@Nullable CommitId> unfollowed = new AtomicReference<>();

  HeadComparison(Follower follower) {
    this.follower = follower;
  }

  /** Where the head is, beside what is followed. */
  public enum Line {
    /** On the same line. */
    SAME,
    /** That cannot be found out now. */
    UNKNOWN,
    /** Elsewhere: etcd was set back, wiped or replaced, or was before. */
    LOST
  }

  /** A comparison that has begun. */
  @FunctionalInterface
  public interface Begun {

    /**
     * Where the head is. May read everything, if it does not seem to be on the same line.
     *
     * @param head the value of the head; empty: there is none
     */
    Line line(Optional<byte[]> head);
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
      return head -> Line.LOST;
    }
    return head -> compare(served, head);
  }

  private Line compare(HeadText served, Optional<byte[]> found) {
    HeadText head;
    try {
      head = HeadText.read(found.orElseThrow(IllegalArgumentException::new));
    } catch (IllegalArgumentException e) {
      return confirm();
    }
    return switch (head.to(served)) {
      case SAME -> {
        unfollowed.set(null);
        yield Line.SAME;
      }
      case LATER -> later(head);
      case OUT_OF_SIGHT, FORK -> confirm();
    };
  }

  /** A later commit may be on its way; if that of the last comparison is not here, it is not. */
  private Line later(HeadText head) {
    CommitId before = unfollowed.getAndSet(head.commit());
    return before == null || isFollowed(before) ? Line.SAME : confirm();
  }

  private boolean isFollowed(CommitId commit) {
    try {
      return follower.view().head().includes(commit);
    } catch (StoreException e) {
      return false;
    }
  }

  /** Reads everything; a fork is found there. */
  private Line confirm() {
    try {
      View unused = follower.reload();
      unfollowed.set(null);
      return Line.SAME;
    } catch (StoreException e) {
      log.atDebug().log("the line of the head is not known: {}", e.getMessage());
      return isForked() ? Line.LOST : Line.UNKNOWN;
    }
  }

  private boolean isForked() {
    try {
      View unused = follower.view();
      return false;
    } catch (StoreException e) {
      return true;
    }
  }
}
