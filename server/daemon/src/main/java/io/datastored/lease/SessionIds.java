package io.datastored.lease;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * Session ids makes ids for clients that choose none. Thread-safe: one atomic number.
 *
 * <p>Who knows the id of a session can end it, so an id must not be guessable from another one. It
 * begins with the number of the server start, so that one that this start made and does not know
 * any more can be told from one of an earlier start, which may come back.
 */
final class SessionIds {

  private final String start;
  private final HashFunction high;
  private final HashFunction low;
  private final AtomicLong next = new AtomicLong();

  /**
   * @param start rises with each start that leaves any lease behind
   * @param secret where the keys come from; must be unpredictable
   */
  SessionIds(long start, RandomGenerator secret) {
    this.start = Long.toHexString(start) + "-";
    this.high = Hashing.sipHash24(secret.nextLong(), secret.nextLong());
    this.low = Hashing.sipHash24(secret.nextLong(), secret.nextLong());
  }

  SessionId nextId() {
    long number = next.incrementAndGet();
    return new SessionId(start + high.hashLong(number) + low.hashLong(number));
  }

  /** Whether an id was made by this start of the server. */
  boolean isOfThisStart(SessionId id) {
    return id.value().startsWith(start);
  }
}
