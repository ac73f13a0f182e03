package io.datastored.promise;

import com.google.common.base.Ticker;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A renewed authority ends by itself, a fixed time after the last request that renewed it was sent.
 * Thread-safe: readers see one immutable grant through one volatile field; it is replaced under the
 * lock.
 *
 * <p>It counts from the sending, not from the answer: others begin to wait for this server at the
 * earliest when the request was done, so their wait covers every promise that is made before the
 * authority ends. Time is monotonic and goes on while the process is stopped. While the host is
 * suspended it stands still, but the wall clock does not: an authority ends at once if the wall
 * clock has run ahead.
 */
public final class RenewedAuthority implements Authority {

  /** How far the wall clock may run ahead of monotonic time. Less than the fixed clock slack. */
  static final Duration MOST_AHEAD = Duration.ofMillis(400);

  private final Ticker ticker;
  private final InstantSource wallClock;
  private final long reachNanos;

  private volatile @Nullable Grant grant;

  /**
   * A reading of the clock when the last request was sent that renewed it; before the first, of the
   * start. Written under the lock.
   */
  private volatile long confirmedAt;

  /** How long the last request took that renewed it. Written under the lock. */
  private volatile long tookNanos;

  @GuardedBy("this")
  private boolean closed;

  /** When a request was sent. Immutable. */
  public record Sending(long nanos, long wallMillis) {}

  private record Grant(Optional<LifeId> life, Sending from) {}

  /**
   * One that does not hold yet.
   *
   * @param reach how long it holds without being renewed
   */
  public RenewedAuthority(Duration reach, Ticker ticker, InstantSource wallClock) {
    this.reachNanos = reach.toNanos();
    this.ticker = ticker;
    this.wallClock = wallClock;
    this.confirmedAt = ticker.read();
  }

  /** The moment before a request is sent. */
  public Sending sending() {
    // Monotonic time first. If a suspend comes between the two readings, the request is sent after
    // it, so the authority counts from too early, which is safe. In the other order the wall clock
    // would seem to run ahead if this thread is only held up.
    long nanos = ticker.read();
    return new Sending(nanos, wallClock.millis());
  }

  /** Renews it: a request that was sent then has proved that others count on this life. */
  public synchronized void renew(LifeId life, Sending sent) {
    if (!closed) {
      confirmedAt = sent.nanos;
      tookNanos = ticker.read() - sent.nanos;
      grant = new Grant(Optional.of(life), sent);
    }
  }

  /** Ends it, until it is renewed. */
  public synchronized void end() {
    grant = null;
  }

  /**
   * Ends it for good: an answer that is still on its way does not bring it back. Call it before
   * others are told that this server has stopped. Idempotent.
   */
  public synchronized void close() {
    closed = true;
    grant = null;
  }

  @Override
  public Optional<LifeId> life() {
    Grant last = grant;
    return last != null && reaches(last.from) ? last.life : Optional.empty();
  }

  /** How long ago the request was sent that renewed it last; empty if it has been ended. */
  public Optional<Duration> renewedAgo() {
    Grant last = grant;
    return last == null
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(ticker.read() - last.from.nanos));
  }

  /**
   * How long ago the last request was sent that renewed it, or it was made; empty while it holds.
   */
  public Optional<Duration> unconfirmed() {
    return holds()
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(Math.max(0, ticker.read() - confirmedAt)));
  }

  /** How long the last request took that renewed it; zero before the first. */
  public Duration took() {
    return Duration.ofNanos(tookNanos);
  }

  /** For how long it still holds without being renewed; zero if it does not. */
  public Duration left() {
    return holds()
        ? Duration.ofNanos(Math.max(0, reachNanos - (ticker.read() - confirmedAt)))
        : Duration.ZERO;
  }

  private boolean reaches(Sending from) {
    // The wall clock first: a thread that is held up between the two readings does not look like a
    // suspend.
    long wall = wallClock.millis() - from.wallMillis;
    long nanos = ticker.read() - from.nanos;
    return nanos < reachNanos && wall - nanos / 1_000_000 <= MOST_AHEAD.toMillis();
  }
}
