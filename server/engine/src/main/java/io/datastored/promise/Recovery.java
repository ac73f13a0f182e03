package io.datastored.promise;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A recovery is the time after a start in which clients may still rely on promises of the previous
 * run. It lasts for the longest of them, plus the margin, from when this server listens. During it
 * leases can be reclaimed. Thread-safe: one word.
 *
 * <p>A drain checks whether recovery is over, and only then reads the counters; a reclaim counts,
 * and then checks whether recovery is over. So if a drain and a reclaim meet at the end of
 * recovery, at least one sees the other.
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

  private Recovery(LeaseClock clock) {
    this.clock = clock;
    this.windowNanos = 0;
    this.endsAt = new AtomicLong();
  }

  /**
   * The recovery of a server that has none: others count what an earlier run of it has promised.
   */
  public static Recovery none(LeaseClock clock) {
    return new Recovery(clock);
  }

  /** Starts the recovery when the server listens, so that clients can return. Idempotent. */
  public void begin() {
    boolean unused = endsAt.compareAndSet(NOT_BEGUN, clock.now() + windowNanos);
  }

  /**
   * Whether leases of the previous run may be in use; while they may, no drain completes. Once
   * false, it stays false.
   */
  public boolean active() {
    return clock.now() < endsAt.get();
  }

  /** The longest time that it still lasts; empty if it is over. */
  public Optional<Duration> left() {
    long end = endsAt.get();
    long left = end == NOT_BEGUN ? windowNanos : end - clock.now();
    return left > 0 ? Optional.of(Duration.ofNanos(left)) : Optional.empty();
  }
}
