package io.datastored.client;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Started threads are the threads that were started for clients, so that somebody can wait for
 * their end. Thread-safe.
 */
final class StartedThreads {

  private static final long PATIENCE_MILLIS = TimeUnit.SECONDS.toMillis(10);

  private final Set<Thread> alive = ConcurrentHashMap.newKeySet();

  /** Makes daemon threads, numbered from 1. */
  ThreadFactory named(String name) {
    var made = new AtomicInteger();
    return task -> {
      // Those that have ended are forgotten here: a pool starts a thread again and again.
      alive.removeIf(thread -> thread.getState() == Thread.State.TERMINATED);
      var thread = new Thread(task, name + "-" + made.incrementAndGet());
      thread.setDaemon(true);
      alive.add(thread);
      return thread;
    };
  }

  /**
   * Waits until all have ended; each pool says that it is over a little before its threads are. A
   * callback that closes the client cannot wait for itself.
   */
  void awaitEnd() {
    try {
      for (Thread thread : alive) {
        if (thread != Thread.currentThread()) {
          thread.join(PATIENCE_MILLIS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
