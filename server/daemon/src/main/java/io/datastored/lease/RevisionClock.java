package io.datastored.lease;

import io.datastored.history.Revision;
import io.datastored.promise.LeaseClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Optional;

/**
 * A revision clock remembers when each of the last revisions became the newest one, so that the lag
 * of a client can be computed. Thread-safe: under its lock.
 */
final class RevisionClock {

  /** A client further behind has been behind since at least the oldest of these. */
  private static final int REMEMBERED = 1_024;

  private final LeaseClock clock;
  private final ArrayDeque<Head> heads = new ArrayDeque<>();

  /** A revision and the time since when it is served. */
  private record Head(Revision revision, long since) {}

  RevisionClock(LeaseClock clock, Revision first) {
    this.clock = clock;
    heads.add(new Head(first, clock.now()));
  }

  void note(Revision revision) {
    long now = clock.now();
    synchronized (heads) {
      heads.add(new Head(revision, now));
      if (heads.size() > REMEMBERED) {
        heads.removeFirst();
      }
    }
  }

  /** For how long this revision has been served; empty if that is not known (any longer). */
  Optional<Duration> age(Revision revision, long now) {
    synchronized (heads) {
      // Mostly it is the newest.
      for (Iterator<Head> newestFirst = heads.descendingIterator(); newestFirst.hasNext(); ) {
        Head head = newestFirst.next();
        if (head.revision.equals(revision)) {
          return Optional.of(Duration.ofNanos(Math.max(0, now - head.since)));
        }
      }
    }
    return Optional.empty();
  }

  /** For how long there has been a revision later than this one. */
  Duration lag(Revision applied, long now) {
    synchronized (heads) {
      if (heads.getLast().revision.equals(applied)) {
        return Duration.ZERO;
      }
      for (Head head : heads) {
        boolean later =
            !head.revision.sameHistory(applied)
                || head.revision.generation().isAfter(applied.generation());
        if (later) {
          return Duration.ofNanos(Math.max(0, now - head.since));
        }
      }
    }
    return Duration.ZERO;
  }
}
