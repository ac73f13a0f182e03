package io.datastored.file;

/**
 * The sync time is how long a thread has waited until a disk had what was written. Thread-safe:
 * each thread has its own. It is kept here because only the caller of a save knows what it was for.
 */
public final class SyncTime {
  private static final ThreadLocal<long[]> NANOS = ThreadLocal.withInitial(() -> new long[1]);

  private SyncTime() {}

  /** Nanoseconds of the current thread since it was started. */
  public static long ofThisThread() {
    return NANOS.get()[0];
  }

  static void add(long nanos) {
    NANOS.get()[0] += nanos;
  }
}
