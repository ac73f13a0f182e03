package io.datastored.watch;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A fan-out signals the watchers of touched groups on an executor, so that a publisher pays for at
 * most one task. Thread-safe. At any rate of publications, it holds each group once and has one
 * task waiting.
 */
final class FanOut {
  private final Executor executor;
  private final Queue<Group> due;
  private final AtomicBoolean waiting = new AtomicBoolean();

  FanOut(Executor executor) {
    this(executor, new ConcurrentLinkedQueue<>());
  }

  /** Uses the caller's queue, which must be as thread-safe as its use requires. */
  FanOut(Executor executor, Queue<Group> due) {
    this.executor = executor;
    this.due = due;
  }

  /** Schedules the signals to the watchers of these groups. */
  void signal(Iterable<Group> groups) {
    boolean added = false;
    for (Group group : groups) {
      if (group.becomeDue()) {
        due.add(group);
        added = true;
      }
    }
    if (added && waiting.compareAndSet(false, true)) {
      executor.execute(this::run);
    }
  }

  private void run() {
    // Cleared first. A group that is added after the last poll must find no task waiting and start
    // one; if the flag were cleared afterwards, the group would rely on a task that has stopped
    // polling.
    waiting.set(false);
    for (Group group = due.poll(); group != null; group = due.poll()) {
      group.signal();
    }
  }
}
