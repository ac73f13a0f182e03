package io.datastored.promise;

import com.google.common.base.Ticker;
import java.time.Duration;

/**
 * A lease clock is the time in which leases are promised: monotonic time that stops while the
 * server is stopped. Thread-safe: readers see one immutable beat through one volatile field; {@link
 * #beat} is confined to one thread.
 *
 * <p>After a server was stopped for a minute (swapped out, suspended, paused by garbage
 * collection), the deadlines of all leases have passed and the renewals of all clients are unread.
 * It must not expire them all. So lease time runs at most {@code stall} ahead of the last beat, and
 * the time from there to the next beat is excluded permanently. A stall thus costs a lease at most
 * {@code stall} of its time, and every promise holds longer than promised, never shorter: a holder
 * uses its own clock, and no expiry is reported before it has come in lease time.
 */
public final class LeaseClock {

  /** The first reading. Above 0, because a deadline must be. */
  private static final long START = 1;

  private final Ticker ticker;
  private final long stallNanos;
  private volatile Beat beat;

  /** The last beat, and the offset to subtract from the ticker to get lease time. */
  private record Beat(long at, long offset) {}

  public LeaseClock(Ticker ticker, Duration stall) {
    this.ticker = ticker;
    this.stallNanos = stall.toNanos();
    long first = ticker.read();
    this.beat = new Beat(first, first - START);
  }

  /**
   * Lease time, in nanoseconds since the clock was created. The reading is from between the start
   * and the end of this call, so a promise that starts at it holds for at least its full length.
   */
  public long now() {
    // Read the beat first. If the ticker were read first, and then a beat that ends a stall, the
    // stall would be subtracted twice and lease time would go back by it: a lease promised at that
    // reading would end too early.
    Beat last = beat;
    long sinceBeat = ticker.read() - last.at;
    return last.at - last.offset + Math.min(sinceBeat, stallNanos);
  }

  /**
   * Records that the server is running.
   *
   * @return how long it was stopped since the last beat; zero in normal operation
   */
  public Duration beat() {
    Beat last = beat;
    long at = ticker.read();
    long stood = Math.max(0, at - last.at - stallNanos);
    beat = new Beat(at, last.offset + stood);
    return Duration.ofNanos(stood);
  }
}
