package io.datastored.drain;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import java.util.Optional;

/**
 * Blockers are who a drain waits for and for how long at most. Immutable.
 *
 * @param oldest at most {@link #MOST} of them: what cannot be seen, processes, then sessions, then
 *     leases, each kind with the oldest first
 * @param bound the longest possible wait if nothing is renewed or continued meanwhile; empty when
 *     something has no end of its own, such as an operation of a local process
 */
public record Blockers(ImmutableList<Blocker> oldest, Optional<Duration> bound) {

  /** More would tell an operator nothing. */
  public static final int MOST = 100;
}
