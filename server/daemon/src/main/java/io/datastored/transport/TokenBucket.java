package io.datastored.transport;

import com.google.common.base.Ticker;
import com.google.errorprone.annotations.concurrent.GuardedBy;

/** A token bucket holds the tokens of a rate. Thread-safe under its own lock. */
final class TokenBucket {
  private static final long SECOND = 1_000_000_000L;

  private final Rate rate;
  private final Ticker ticker;

  @GuardedBy("this")
  private double tokens;

  @GuardedBy("this")
  private long filledAt;

  TokenBucket(Rate rate, Ticker ticker) {
    this.rate = rate;
    this.ticker = ticker;
    this.tokens = rate.initial();
    this.filledAt = ticker.read();
  }

  /** Takes a token; false if there is none. */
  synchronized boolean take() {
    fill();
    if (tokens < 1) {
      return false;
    }
    tokens--;
    return true;
  }

  /** Whether there is no token. */
  synchronized boolean isEmpty() {
    fill();
    return tokens < 1;
  }

  /** Adds tokens, up to the burst. */
  synchronized void add(int more) {
    tokens = Math.min(rate.burst(), tokens + more);
  }

  /** Whether at least a quarter of the burst is saved, which shows a calm user. */
  synchronized boolean isCalm() {
    fill();
    return tokens * 4 >= rate.burst();
  }

  @GuardedBy("this")
  private void fill() {
    long now = ticker.read();
    tokens = Math.min(rate.burst(), tokens + (double) (now - filledAt) * rate.perSecond() / SECOND);
    filledAt = now;
  }
}
