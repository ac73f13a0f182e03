package io.datastored.client;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Started threads are the threads that were started for clients, so that close can wait for their
 * end. Thread-safe.
 */
final class StartedThreads {

  private static final long TIMEOUT_MILLIS = TimeUnit.SECONDS.toMillis(10);

  private final Set<Thread> alive = ConcurrentHashMap.newKeySet();

  /** A factory of daemon threads, numbered from 1. */
  ThreadFactory named(String name) {
    var made = new AtomicInteger();
    return task -> {
      // Forget ended threads here: a pool replaces its threads over and over.
      alive.removeIf(thread -> thread.getState() == Thread.State.TERMINATED);
      var thread = new Thread(task, name + "-" + made.incrementAndGet());
      thread.setDaemon(true);
      alive.add(thread);
      return thread;
    };
  }

  /**
   * Waits until all threads have ended; a pool reports its termination slightly before its threads
   * end. The current thread, a callback that closes the client, is not awaited.
   */
  void awaitEnd() {
    try {
      for (Thread thread : alive) {
        if (thread != Thread.currentThread()) {
          thread.join(TIMEOUT_MILLIS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
