package io.datastored.daemon;

/**
 * Call threads bound the calls that may touch a disk. Immutable. Other calls run on the transport's
 * threads and are not bounded here.
 *
 * @param threads how many run at a time; more than there are cores, because they mostly wait for a
 *     disk
 * @param queue how many wait for a thread; a call beyond that is refused with NOT_READY and a retry
 *     delay
 */
public record CallThreads(int threads, int queue) {

  public static CallThreads defaults() {
    return new CallThreads(16, 1024);
  }

  public CallThreads {
    if (threads < 1 || queue < 1) {
      throw new IllegalArgumentException("bounds below 1: " + threads + ", " + queue);
    }
  }
}
