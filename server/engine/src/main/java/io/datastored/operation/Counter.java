package io.datastored.operation;

import org.jspecify.annotations.Nullable;

/**
 * A counter tells, for one datastore in one process, how many READ and WRITE operations are in
 * progress and whether its runtime is closed. Thread-safe: every access is a few atomic
 * instructions on its stripes.
 *
 * <p>Each {@link Stripe} is alone on its cache lines, and a thread counts on the one that its
 * number falls to: threads that work on one datastore at the same time do not wait for each other's
 * line. An operation ends on the stripe on which it began.
 *
 * <p>A counter is closed when all stripes are, each from zero. They are closed from the first to
 * the last, so of all who try only one gets beyond the first, and the last tells whether the
 * counter is closed. Who finds one in use opens those before it again, and looks once more. Without
 * that look a close is lost: A closes the first stripe and finds an operation of B on the second; B
 * ends it, tries to close, finds the first closed and leaves; A opens the first, and nobody closes
 * what nobody uses.
 */
public final class Counter {

  private final Stripe[] stripes;

  /**
   * @param stripes a power of two of them; the counter's own from now on
   */
  Counter(Stripe... stripes) {
    if (Integer.bitCount(stripes.length) != 1) {
      throw new IllegalArgumentException("stripes are a power of two, not " + stripes.length);
    }
    this.stripes = stripes;
  }

  /** Writes the state that a counter begins with: closed, nothing counted. */
  void reset() {
    for (Stripe stripe : stripes) {
      stripe.reset();
    }
  }

  /**
   * Counts one operation of the calling thread, with the semantics of a full fence: the re-read of
   * the doorbell that follows cannot move before it.
   *
   * @return where it is counted; null when the counter is closed, and then nothing is left
   */
  public @Nullable Stripe enter(Operation operation) {
    Stripe own = stripe((int) Thread.currentThread().getId());
    return own.enter(operation) ? own : null;
  }

  /** The stripe of a number. */
  Stripe stripe(int number) {
    return stripes[number & (stripes.length - 1)];
  }

  /**
   * Closes the counter if nothing is in progress; whether this call closed it. It is held still:
   * see {@link #letGo}.
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
   * Whether others must wait: operations may be counted, or a file is open, being opened or being
   * closed. A drain of a mode that closes the datastore waits until this is over.
   */
  public boolean held() {
    return !stripes[stripes.length - 1].letGo();
  }

  /** Says of a closed counter that a file is being opened. The caller holds the lock of openers. */
  public void hold() {
    stripes[stripes.length - 1].hold(true);
  }

  /** Says of a closed counter that no file is open any more. The caller holds the same lock. */
  public void letGo() {
    stripes[stripes.length - 1].hold(false);
  }

  /** Opens a closed counter. The caller holds the lock that allows only one opener at a time. */
  public void open() {
    if (!closed()) {
      throw new IllegalStateException("opened a counter that was open");
    }
    // The first comes last: who would close the counter fails there until all are open.
    for (int i = stripes.length - 1; i >= 0; i--) {
      stripes[i].open();
    }
  }

  /**
   * What is in progress; nothing while the counter is closed. The stripes are read one after the
   * other: an operation that is in progress all the while is counted, one that comes or goes may or
   * may not be.
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
