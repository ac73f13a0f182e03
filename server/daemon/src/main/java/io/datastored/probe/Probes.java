package io.datastored.probe;

import com.google.common.base.Ticker;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Probes keep the last measurement of each base directory and refresh it in the background.
 * Thread-safe: every field is guarded by one lock, which is never held during a file system call.
 *
 * <p>At most one probe per base directory is running, so a dead mount holds only one thread. A
 * probe that runs for longer than the limit counts as hung and gives its place to another.
 */
public final class Probes {
  private final ProbeOptions options;
  private final Probe probe;
  private final Ticker clock;
  private final Isolation isolation;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition settled = lock.newCondition();

  @GuardedBy("lock")
  private final Map<Path, Subject> subjects = new HashMap<>();

  @GuardedBy("lock")
  private final Queue<Subject> waiting = new ArrayDeque<>();

  @GuardedBy("lock")
  private final Set<Subject> running = new HashSet<>();

  @GuardedBy("lock")
  private int hung;

  /**
   * An isolation runs file system calls: not on the caller's thread, nor behind a call for another
   * base directory.
   */
  @FunctionalInterface
  public interface Isolation {
    void execute(Path basePath, Runnable question);
  }

  public Probes(ProbeOptions options, Probe probe, Ticker clock, Isolation isolation) {
    this.options = options;
    this.probe = probe;
    this.clock = clock;
    this.isolation = isolation;
  }

  /** Starts probes in the background for targets that may be probed and are not fresh. */
  public void refresh(Collection<Target> targets) {
    lock.lock();
    try {
      long now = clock.read();
      for (Target target : targets) {
        if (target.leftAlone().isEmpty()) {
          Subject subject = subjects.computeIfAbsent(target.basePath(), Subject::new);
          if (subject.due(now, options.freshness().toNanos())) {
            subject.state = Subject.State.WAITING;
            waiting.add(subject);
          }
        }
      }
      startWaiting();
    } finally {
      lock.unlock();
    }
  }

  /** The last known measurement; never waits for a file system. */
  public Reading reading(Target target) {
    lock.lock();
    try {
      Subject subject = subjects.get(target.basePath());
      Reading known =
          subject == null ? Reading.NONE : subject.reading(clock.read(), options.limit().toNanos());
      return target
          .leftAlone()
          .map(reason -> new Reading(known.measurement(), known.age(), reason, known.perHour()))
          .orElse(known);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until each target was tried once, so that the first answer after a start is not empty. A
   * directory that takes longer causes this wait only once.
   *
   * @param most the longest wait
   */
  public void awaitFirst(Collection<Target> targets, Duration most) throws InterruptedException {
    long left = most.toNanos();
    lock.lock();
    try {
      while (left > 0 && anyFirst(targets)) {
        left = settled.awaitNanos(left);
      }
      for (Target target : targets) {
        Subject subject = subjects.get(target.basePath());
        if (subject != null) {
          subject.first = false;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Forgets the base directories that are no longer configured. */
  public void retain(Set<Path> basePaths) {
    lock.lock();
    try {
      subjects
          .values()
          .removeIf(s -> s.state == Subject.State.IDLE && !basePaths.contains(s.basePath));
    } finally {
      lock.unlock();
    }
  }

  /** How many probes hang in a file system. */
  public int hung() {
    lock.lock();
    try {
      return hung;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private boolean anyFirst(Collection<Target> targets) {
    for (Target target : targets) {
      Subject subject = subjects.get(target.basePath());
      if (subject != null && subject.first) {
        return true;
      }
    }
    return false;
  }

  @GuardedBy("lock")
  private void startWaiting() {
    giveUpPlaces();
    while (!waiting.isEmpty() && running.size() < options.parallel() && hung < options.mostHung()) {
      Subject subject = waiting.remove();
      subject.state = Subject.State.RUNNING;
      subject.startedAt = clock.read();
      running.add(subject);
      isolation.execute(subject.basePath, () -> measure(subject));
    }
  }

  /** Frees the places of hung probes, which would block the others while their mount is dead. */
  @GuardedBy("lock")
  private void giveUpPlaces() {
    long now = clock.read();
    for (Iterator<Subject> all = running.iterator(); all.hasNext(); ) {
      Subject subject = all.next();
      if (now - subject.startedAt > options.limit().toNanos()) {
        subject.state = Subject.State.HUNG;
        subject.first = false;
        hung++;
        all.remove();
      }
    }
    settled.signalAll();
  }

  private void measure(Subject subject) {
    Attempt attempt = Attempt.of(probe, subject.basePath);
    lock.lock();
    try {
      if (subject.state == Subject.State.HUNG) {
        hung--;
      } else {
        running.remove(subject);
      }
      subject.finished(attempt, clock.read());
      settled.signalAll();
      startWaiting();
    } finally {
      lock.unlock();
    }
  }
}
