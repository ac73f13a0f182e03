package io.datastored.lease;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A term is until when a promise to a client holds, and whether and how it has ended. Thread-safe:
 * one word, changed by compare-and-set only.
 *
 * <p>The word is the deadline in nanoseconds of lease time while the promise is live; minus the
 * time of its end once the server has ended it, and 2^62 less when by force; and 0 once the holder
 * has given it back. Whoever acts on an expiry ends the term first, and a renewal starts from the
 * deadline that it judged. So this cannot happen: a renewal reads the clock just before the
 * deadline and pauses; an expiry is acted on, the operation counted out; the renewal writes a new
 * deadline and tells its client "renewed".
 */
final class Term {

  /**
   * A deadline that never comes (2^61 ns are 73 years): of a lease that ends with its session. That
   * much below the force bit, so that no renewal ever reaches it.
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

  /** A live term until a deadline, which is after 0. */
  Term(long deadline) {
    this.word = deadline;
  }

  /** Whether it has not ended and its time is not over. */
  boolean isLive(long now) {
    return now < word;
  }

  /**
   * The deadline of a live term, or when one that the server has ended did end: the deadline then,
   * or the time of the force; 0 when it was returned.
   */
  long deadline() {
    long now = word;
    return now <= -FORCED ? -(now + FORCED) : Math.abs(now);
  }

  /** Whether it has ended in any way. One whose time is over has not until somebody ends it. */
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

  /** Whether it has been given back or undone. */
  boolean isReturned() {
    return word == RETURNED;
  }

  /**
   * Moves the deadline of a live term forward: to the one given, or by a nanosecond if that is
   * earlier than the present one, because a promise is never shortened and {@link #undo} must be
   * able to tell that there was a renewal.
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

  /** Ends a term whose time is over; true for the one caller that did, who must now act on it. */
  boolean expire(long now) {
    long judged = word;
    return judged > 0 && judged <= now && WORD.compareAndSet(this, judged, -judged);
  }

  /** Gives a term back that has not ended; true for the one caller that did. */
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

  /** Gives a term back that was never renewed: one that still has its first deadline. */
  boolean undo(long firstDeadline) {
    return WORD.compareAndSet(this, firstDeadline, RETURNED);
  }

  /** Forgets one that the server had ended, so that its id is free; true for the one caller. */
  boolean forget() {
    long judged = word;
    return judged < 0 && WORD.compareAndSet(this, judged, RETURNED);
  }

  /** Ends a term that has not ended, as of a time; true for the one caller that did. */
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
   * @return the deadline that it had, for the one caller that did; else 0
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
