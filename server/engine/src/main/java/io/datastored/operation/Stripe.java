package io.datastored.operation;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A stripe is one 64-bit word of a {@link Counter}: how many READ and WRITE operations that began
 * on it are in progress, and whether it is closed. Thread-safe: every access is one atomic
 * instruction on the word.
 *
 * <p>READ, WRITE and CLOSED share the word so that a lookup stays one add and closing is one
 * compare-and-set from zero: nobody can count between "is it zero?" and "it is closed".
 *
 * <pre>
 *   bits  0..30  READ operations
 *   bits 31..61  WRITE operations
 *   bit  62      CLOSED
 *   bit  63      HELD    beside CLOSED, on the last stripe of a counter only
 * </pre>
 *
 * HELD says that nobody may count, and that the file which the counter stands for is still open, or
 * being opened or closed.
 *
 * <p>An add that finds CLOSED takes itself back, so while CLOSED is set the counts may be above
 * zero for a moment; no operation is behind them.
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

  /** Writes the state that a stripe begins with: closed, nothing counted. */
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
   * @return whether it is counted; false when the stripe is closed, and then nothing is left
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
   * Takes one operation back, with the semantics of a full fence.
   *
   * @return whether nothing that began on this stripe is in progress any more
   * @throws IllegalStateException when there was none to take back; the word is as before then
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

  /** Closes the stripe if nothing is in progress on it; whether this call closed it. */
  boolean closeIfIdle() {
    return WORD.compareAndSet(page, at, 0L, CLOSED);
  }

  /** The same, and says that something is held still. */
  boolean closeIfIdleAndHold() {
    return WORD.compareAndSet(page, at, 0L, CLOSED | HELD);
  }

  /**
   * Says of a closed stripe that something is held, or is not any more. Only one thread at a time
   * may say so.
   */
  void hold(boolean held) {
    if (held == ((long) WORD.getVolatile(page, at) < 0)) {
      return;
    }
    // An add changes the uppermost bit and no other; a set could lose a count that is about to be
    // taken back.
    long unused = (long) WORD.getAndAdd(page, at, HELD);
  }

  /** Whether it is closed and nothing is held. */
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

  /** Opens a closed stripe: by who has closed it, or by who opens the counter. */
  void open() {
    // In one step: a drain that saw CLOSED alone, in between, would take the file for closed.
    long flags = (long) WORD.getVolatile(page, at) & (CLOSED | HELD);
    long before = (long) WORD.getAndAdd(page, at, -flags);
    if ((before & CLOSED) == 0) {
      long unused = (long) WORD.getAndAdd(page, at, flags);
      throw new IllegalStateException("opened a stripe that was open");
    }
  }

  /** What is in progress on it; nothing while it is closed. Volatile read. */
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
