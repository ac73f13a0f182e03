package io.datastored.promise;

import com.google.common.base.Ticker;
import java.time.Duration;

/**
 * A lease clock is the time in which leases are promised: monotonic time that stands still while
 * the server does. Thread-safe: readers see one immutable beat through one volatile field; {@link
 * #beat} is for one thread.
 *
 * <p>A server that was stopped for a minute (swapped out, suspended, paused by its collector) finds
 * the deadlines of all leases passed and the renewals of all clients unread. It must not end them
 * all: so lease time runs at most {@code stall} ahead of the last beat, and the time between that
 * and the next beat is taken out for ever. A stall thus costs a lease at most {@code stall} of its
 * time, and everything promised holds longer than promised, never shorter: a holder counts by its
 * own clock, and nobody is told of an end before it has come in lease time.
 */
public final class LeaseClock {

  /** The first reading. Above 0, because a deadline is. */
  private static final long START = 1;

  private final Ticker ticker;
  private final long stallNanos;
  private volatile Beat beat;

  /** The last beat, and what to take off the ticker to get lease time. */
  private record Beat(long at, long offset) {}

  public LeaseClock(Ticker ticker, Duration stall) {
    this.ticker = ticker;
    this.stallNanos = stall.toNanos();
    long first = ticker.read();
    this.beat = new Beat(first, first - START);
  }

  /**
   * Lease time, in nanoseconds from the clock's making: one between the start and the end of this
   * call, so what is promised from it on holds at least that long.
   */
  public long now() {
    // The beat first. Of a ticker that was read before a beat that ends a stall the time of the
    // stall
    // would be taken out twice, and lease time go back by it: a lease promised then has ended now.
    Beat last = beat;
    long sinceBeat = ticker.read() - last.at;
    return last.at - last.offset + Math.min(sinceBeat, stallNanos);
  }

  /**
   * Says that the server is alive.
   *
   * @return how long it stood still since the last beat; zero in normal operation
   */
  public Duration beat() {
    Beat last = beat;
    long at = ticker.read();
    long stood = Math.max(0, at - last.at - stallNanos);
    beat = new Beat(at, last.offset + stood);
    return Duration.ofNanos(stood);
  }
}
