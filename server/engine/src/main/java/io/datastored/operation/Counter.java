package io.datastored.operation;

import org.jspecify.annotations.Nullable;

/**
 * A counter holds, for one datastore in one process, the number of READ and WRITE operations in
 * progress and whether its runtime is closed. Thread-safe: every access is a few atomic
 * instructions on its stripes.
 *
 * <p>Each {@link Stripe} is alone on its cache lines, and a thread counts on the stripe selected by
 * its thread id, so that concurrent threads on one datastore do not contend for a line. An
 * operation ends on the stripe on which it began.
 *
 * <p>A counter is closed when all its stripes are, each from zero. They are closed from the first
 * to the last, so only one of several concurrent closers gets past the first, and the last stripe
 * shows whether the counter is closed. A closer that finds a stripe in use reopens those before it,
 * and checks again. Without that check a close can be lost: A closes the first stripe and finds an
 * operation of B on the second; B ends it, tries to close, finds the first stripe closed and gives
 * up; A reopens the first, and the idle counter stays open.
 */
public final class Counter {

  private final Stripe[] stripes;

  /**
   * @param stripes their number is a power of two; owned by the counter from now on
   */
  Counter(Stripe... stripes) {
    if (Integer.bitCount(stripes.length) != 1) {
      throw new IllegalArgumentException("stripes are a power of two, not " + stripes.length);
    }
    this.stripes = stripes;
  }

  /** Writes the initial state: closed, nothing counted. */
  void reset() {
    for (Stripe stripe : stripes) {
      stripe.reset();
    }
  }

  /**
   * Counts one operation of the calling thread, with the semantics of a full fence: the re-read of
   * the doorbell that follows cannot move before it.
   *
   * @return where it is counted; null if the counter is closed, and then nothing stays counted
   */
  public @Nullable Stripe enter(Operation operation) {
    Stripe own = stripe((int) Thread.currentThread().getId());
    return own.enter(operation) ? own : null;
  }

  /** The stripe for a thread number. */
  Stripe stripe(int number) {
    return stripes[number & (stripes.length - 1)];
  }

  /**
   * Closes the counter if nothing is in progress. It stays held, see {@link #letGo}.
   *
   * @return whether this call closed it
   */
  public boolean closeIfIdle() {
    int last = stripes.length - 1;
    do {
      int closed = 0;
      while (closed < last && stripes[closed].closeIfIdle()) {
        closed++;
      }
      if (closed == last && stripes[last].closeIfIdleAndHold()) {
        return true;
      }
      for (int i = closed - 1; i >= 0; i--) {
        stripes[i].open();
      }
    } while (idle());
    return false;
  }

  private boolean idle() {
    for (Stripe stripe : stripes) {
      if (!stripe.idle()) {
        return false;
      }
    }
    return true;
  }

  /** Whether the counter is closed. */
  public boolean closed() {
    return stripes[stripes.length - 1].closed();
  }

  /**
   * Whether the counter is open, or closed with a file that is open, being opened or being closed.
   * A drain of a mode that closes the datastore waits until this is false.
   */
  public boolean held() {
    return !stripes[stripes.length - 1].letGo();
  }

  /**
   * Marks a closed counter as held, because a file is being opened. The caller holds the openers'
   * lock.
   */
  public void hold() {
    stripes[stripes.length - 1].hold(true);
  }

  /**
   * Marks a closed counter as not held, because no file is open. The caller holds the openers'
   * lock.
   */
  public void letGo() {
    stripes[stripes.length - 1].hold(false);
  }

  /** Opens a closed counter. The caller holds the openers' lock. */
  public void open() {
    if (!closed()) {
      throw new IllegalStateException("opened a counter that was open");
    }
    // The first stripe is opened last: a concurrent close fails there until all are open.
    for (int i = stripes.length - 1; i >= 0; i--) {
      stripes[i].open();
    }
  }

  /**
   * The operations in progress; none while the counter is closed. The stripes are read one after
   * the other: an operation that is in progress throughout is included, one that starts or ends in
   * between may or may not be.
   */
  public OperationCounts counts() {
    OperationCounts counts = OperationCounts.NONE;
    for (Stripe stripe : stripes) {
      counts = counts.plus(stripe.counts());
    }
    return counts;
  }

  @Override
  public String toString() {
    return closed() ? "closed" : counts().toString();
  }
}
