package io.datastored.drain;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import java.util.Optional;

/**
 * Blockers are what a drain waits for, by name, and the longest possible wait. Immutable.
 *
 * @param oldest at most {@link #MOST} of them: what cannot be seen, processes, other servers and
 *     what they name, then sessions, then leases, each kind with the oldest first
 * @param bound the longest possible wait if nothing is renewed or continued while the drain waits;
 *     empty if a blocker has no time limit, such as an operation of a local process
 */
public record Blockers(ImmutableList<Blocker> oldest, Optional<Duration> bound) {

  /** More would not help an operator. */
  public static final int MOST = 100;
}
