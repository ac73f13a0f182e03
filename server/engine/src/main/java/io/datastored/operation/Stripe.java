package io.datastored.operation;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A stripe is one 64-bit word of a {@link Counter}: the number of READ and WRITE operations in
 * progress that began on it, and whether it is closed. Thread-safe: every access is one atomic
 * instruction on the word.
 *
 * <p>READ, WRITE and CLOSED share the word, so that a lookup is one add and closing is one
 * compare-and-set from zero: no operation can be counted between the check for zero and the close.
 *
 * <pre>
 *   bits  0..30  READ operations
 *   bits 31..61  WRITE operations
 *   bit  62      CLOSED
 *   bit  63      HELD    beside CLOSED, on the last stripe of a counter only
 * </pre>
 *
 * HELD means that the counter is closed, but its file is still open, or being opened or closed.
 *
 * <p>An add that finds CLOSED is undone, so while CLOSED is set the counts may be briefly above
 * zero without any operation in progress.
 */
public final class Stripe {

  private static final VarHandle WORD =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private static final long ONE_READ = 1L;
  private static final int WRITE_SHIFT = 31;
  private static final long ONE_WRITE = 1L << WRITE_SHIFT;
  private static final long MASK = ONE_WRITE - 1;
  private static final long CLOSED = 1L << 62;
  private static final long HELD = 1L << 63;

  private final ByteBuffer page;
  private final int at;

  Stripe(ByteBuffer page, int at) {
    this.page = page;
    this.at = at;
  }

  /** Writes the initial state: closed, nothing counted. */
  void reset() {
    WORD.setVolatile(page, at, CLOSED);
  }

  private static long one(Operation operation) {
    return operation == Operation.READ ? ONE_READ : ONE_WRITE;
  }

  /**
   * Counts one operation, with the semantics of a full fence: the re-read of the doorbell that
   * follows cannot move before it.
   *
   * @return whether it is counted; false if the stripe is closed, and then nothing stays counted
   */
  boolean enter(Operation operation) {
    long one = one(operation);
    long before = (long) WORD.getAndAdd(page, at, one);
    if ((before & CLOSED) == 0) {
      return true;
    }
    long unused = (long) WORD.getAndAdd(page, at, -one);
    return false;
  }

  /**
   * Ends one operation, with the semantics of a full fence.
   *
   * @return whether no operation that began on this stripe is in progress anymore
   * @throws IllegalStateException when none was counted; the word is then unchanged
   */
  public boolean exit(Operation operation) {
    long one = one(operation);
    long before = (long) WORD.getAndAdd(page, at, -one);
    if (operation == Operation.READ
        ? (before & MASK) == 0
        : ((before >>> WRITE_SHIFT) & MASK) == 0) {
      long unused = (long) WORD.getAndAdd(page, at, one);
      throw new IllegalStateException("released a " + operation + " that was not counted");
    }
    return before == one;
  }

  /**
   * Closes the stripe if nothing is in progress on it.
   *
   * @return whether this call closed it
   */
  boolean closeIfIdle() {
    return WORD.compareAndSet(page, at, 0L, CLOSED);
  }

  /** Closes the stripe like {@link #closeIfIdle}, and marks it as held. */
  boolean closeIfIdleAndHold() {
    return WORD.compareAndSet(page, at, 0L, CLOSED | HELD);
  }

  /** Sets or clears HELD on a closed stripe. Only one thread at a time may call this. */
  void hold(boolean held) {
    if (held == ((long) WORD.getVolatile(page, at) < 0)) {
      return;
    }
    // Adding the highest bit changes no other bit; a plain set could overwrite a count that is
    // about to be undone.
    long unused = (long) WORD.getAndAdd(page, at, HELD);
  }

  /** Whether it is closed and not held. */
  boolean letGo() {
    return ((long) WORD.getVolatile(page, at) & (CLOSED | HELD)) == CLOSED;
  }

  /** Whether it is closed. */
  boolean closed() {
    return ((long) WORD.getVolatile(page, at) & CLOSED) != 0;
  }

  /** Whether it is open and nothing is counted on it. */
  boolean idle() {
    return (long) WORD.getVolatile(page, at) == 0L;
  }

  /** Opens a closed stripe. Called by the thread that closed it, or that opens the counter. */
  void open() {
    // In one step: a drain that saw CLOSED alone in between would assume that the file is closed.
    long flags = (long) WORD.getVolatile(page, at) & (CLOSED | HELD);
    long before = (long) WORD.getAndAdd(page, at, -flags);
    if ((before & CLOSED) == 0) {
      long unused = (long) WORD.getAndAdd(page, at, flags);
      throw new IllegalStateException("opened a stripe that was open");
    }
  }

  /** The operations in progress on it; none while it is closed. Volatile read. */
  OperationCounts counts() {
    long word = (long) WORD.getVolatile(page, at);
    if ((word & CLOSED) != 0) {
      return OperationCounts.NONE;
    }
    return new OperationCounts(word & MASK, (word >>> WRITE_SHIFT) & MASK);
  }

  @Override
  public String toString() {
    return closed() ? "closed" : counts().toString();
  }
}
