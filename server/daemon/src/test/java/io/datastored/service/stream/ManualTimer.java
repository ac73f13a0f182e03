package io.datastored.service.stream;

import com.google.common.base.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A manual timer is a clock that is moved by hand, and what runs by it. Thread-safe. */
final class ManualTimer extends Ticker implements BookmarkTimer {
  private record Due(long at, Runnable task) {}

  private final List<Due> pending = new ArrayList<>();
  private long now;

  @Override
  public synchronized Pending in(Duration delay, Runnable task) {
    Due due = new Due(now + delay.toNanos(), task);
    pending.add(due);
    return () -> remove(due);
  }

  @Override
  public synchronized long read() {
    return now;
  }

  synchronized int waiting() {
    return pending.size();
  }

  /** Moves on, and runs what is due, each at its time. */
  void pass(Duration time) {
    long end = read() + time.toNanos();
    for (Due next = next(end); next != null; next = next(end)) {
      next.task().run();
    }
    synchronized (this) {
      now = end;
    }
  }

  private synchronized Due next(long end) {
    Due next = pending.stream().min(Comparator.comparingLong(Due::at)).orElse(null);
    if (next == null || next.at() > end) {
      return null;
    }
    pending.remove(next);
    now = Math.max(now, next.at());
    return next;
  }

  private synchronized void remove(Due due) {
    pending.remove(due);
  }
}
