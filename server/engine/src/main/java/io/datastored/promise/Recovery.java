package io.datastored.promise;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A recovery is the time after a start in which clients may still believe in promises of the run
 * before: as long as the longest of them, and its margin, from when this server listens. In it
 * leases can be reclaimed. Thread-safe: one word.
 *
 * <p>A drain looks whether it is over, and only then reads the counters; a reclaim counts, and then
 * looks whether it is over. So of a drain and a reclaim that meet at the end of the window at least
 * one sees the other.
 */
public final class Recovery {

  private static final long NOT_BEGUN = Long.MAX_VALUE;

  private final LeaseClock clock;
  private final long windowNanos;
  private final AtomicLong endsAt;

  Recovery(LeaseClock clock, LedgerEntry found, ClockSlack slack) {
    this.clock = clock;
    boolean promised = found.promises() == LedgerEntry.Promises.OUT;
    this.windowNanos = promised ? slack.keptNanos(found.longestTtl()) : 0;
    this.endsAt = new AtomicLong(promised ? NOT_BEGUN : 0);
  }

  /** Says that the server listens now, so that clients can come back. Idempotent. */
  public void begin() {
    boolean unused = endsAt.compareAndSet(NOT_BEGUN, clock.now() + windowNanos);
  }

  /** Whether leases of the run before may be in use; no drain ends then. Once false, for ever. */
  public boolean active() {
    return clock.now() < endsAt.get();
  }

  /** How long it lasts at most; empty when it is over. */
  public Optional<Duration> left() {
    long end = endsAt.get();
    long left = end == NOT_BEGUN ? windowNanos : end - clock.now();
    return left > 0 ? Optional.of(Duration.ofNanos(left)) : Optional.empty();
  }
}
