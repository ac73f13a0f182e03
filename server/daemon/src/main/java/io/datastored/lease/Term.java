package io.datastored.lease;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A term is until when a promise to a client holds, and whether and how it has ended. Thread-safe:
 * one word, changed by compare-and-set only.
 *
 * <p>The word is the deadline in nanoseconds of lease time while the promise is live, minus the
 * deadline once the server has ended it, and 0 once the holder has given it back. Whoever acts on
 * an expiry ends the term first, and a renewal starts from the deadline that it judged. So this
 * cannot happen: a renewal reads the clock just before the deadline and pauses; an expiry is acted
 * on, the operation counted out; the renewal writes a new deadline and tells its client "renewed".
 */
final class Term {

  private static final VarHandle WORD;

  static {
    try {
      WORD = MethodHandles.lookup().findVarHandle(Term.class, "word", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final long RETURNED = 0;

  private volatile long word;

  /** A live term until a deadline, which is after 0. */
  Term(long deadline) {
    this.word = deadline;
  }

  /** Whether it has not ended and its time is not over. */
  boolean isLive(long now) {
    return now < word;
  }

  /** The deadline of a live term or of one that the server has ended; 0 when it was returned. */
  long deadline() {
    return Math.abs(word);
  }

  /** Whether the server has ended it. */
  boolean isEndedByServer() {
    return word < 0;
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

  @Override
  public String toString() {
    long now = word;
    return now > 0 ? "until " + now : now < 0 ? "ended at " + -now : "returned";
  }
}
