package io.datastored.lease;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A term is the deadline of a promise to a client, and whether and how the promise has ended.
 * Thread-safe: one word, changed by compare-and-set only.
 *
 * <p>The word is the deadline in nanoseconds of lease time while the promise is live; minus the
 * time of its end once the server has ended it, and 2^62 less if by force; and 0 once the holder
 * has given it back. A thread that acts on an expiry ends the term first, and a renewal starts from
 * the deadline that it judged. This prevents the following: a renewal reads the clock just before
 * the deadline and pauses; another thread acts on the expiry and releases the operation; the
 * renewal writes a new deadline and answers "renewed".
 */
final class Term {

  /**
   * A deadline that never comes (2^61 ns are 73 years), for a lease that ends with its session. So
   * far below the force bit that no renewal ever reaches it.
   */
  static final long NEVER = 1L << 61;

  private static final VarHandle WORD;

  static {
    try {
      WORD = MethodHandles.lookup().findVarHandle(Term.class, "word", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final long RETURNED = 0;
  private static final long FORCED = 1L << 62;

  private volatile long word;

  /** A live term with this deadline, which is greater than 0. */
  Term(long deadline) {
    this.word = deadline;
  }

  /** Whether it has neither ended nor expired. */
  boolean isLive(long now) {
    return now < word;
  }

  /**
   * The deadline of a live term, or the time of its end if the server has ended it: the deadline,
   * or the time of the force; 0 if it was given back.
   */
  long deadline() {
    long now = word;
    return now <= -FORCED ? -(now + FORCED) : Math.abs(now);
  }

  /** Whether it has ended in any way. An expired term has not ended until a thread ends it. */
  boolean hasEnded() {
    return word <= 0;
  }

  /** Whether the server has ended it, by force or not. */
  boolean isEndedByServer() {
    return word < 0;
  }

  /** Whether the server has ended it by force. */
  boolean isForced() {
    return word <= -FORCED;
  }

  /** Whether it was given back or undone. */
  boolean isReturned() {
    return word == RETURNED;
  }

  /**
   * Moves the deadline of a live term forward: to the given one, or by a nanosecond if that is
   * earlier than the current one, because a promise is never shortened and {@link #undo} must be
   * able to detect a renewal.
   *
   * @return whether it was live, and now is until its new deadline
   */
  boolean renew(long now, long until) {
    while (true) {
      long judged = word;
      if (judged <= now) {
        return false;
      }
      if (WORD.compareAndSet(this, judged, Math.max(judged + 1, until))) {
        return true;
      }
    }
  }

  /** Ends an expired term; true only for the one call that did so, whose caller must act on it. */
  boolean expire(long now) {
    long judged = word;
    return judged > 0 && judged <= now && WORD.compareAndSet(this, judged, -judged);
  }

  /** Gives back a term that has not ended; true only for the one call that did so. */
  boolean giveBack() {
    while (true) {
      long judged = word;
      if (judged <= 0) {
        return false;
      }
      if (WORD.compareAndSet(this, judged, RETURNED)) {
        return true;
      }
    }
  }

  /** Gives back a term that was never renewed: one that still has its first deadline. */
  boolean undo(long firstDeadline) {
    return WORD.compareAndSet(this, firstDeadline, RETURNED);
  }

  /**
   * Forgets a term that the server has ended, so that its id is free; true only for the one call
   * that did so.
   */
  boolean forget() {
    long judged = word;
    return judged < 0 && WORD.compareAndSet(this, judged, RETURNED);
  }

  /** Ends a term that has not ended, as of a time; true only for the one call that did so. */
  boolean end(long at) {
    while (true) {
      long judged = word;
      if (judged <= 0) {
        return false;
      }
      if (WORD.compareAndSet(this, judged, -at)) {
        return true;
      }
    }
  }

  /**
   * Ends a live term by force, as of now.
   *
   * @return the deadline that it had, for the one call that ended it; otherwise 0
   */
  long force(long now) {
    while (true) {
      long judged = word;
      if (judged <= now) {
        return 0;
      }
      if (WORD.compareAndSet(this, judged, -(FORCED + now))) {
        return judged;
      }
    }
  }

  @Override
  public String toString() {
    long now = word;
    return now > 0
        ? "until " + now
        : isForced() ? "forced at " + deadline() : now < 0 ? "ended at " + -now : "returned";
  }
}
