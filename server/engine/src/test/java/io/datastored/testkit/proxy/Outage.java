package io.datastored.testkit.proxy;

import java.time.Duration;
import java.util.List;

/**
 * An outage is what a proxy did to its connections, in which direction and for how long. Immutable.
 *
 * @param fault what
 * @param directions of what; both for a fault that has none
 * @param from the monotonic clock when it began
 * @param to when it was healed; {@code from} when there was nothing to heal
 */
public record Outage(Fault fault, List<Direction> directions, long from, long to) {

  /** What a proxy can do. */
  public enum Fault {
    /** Bytes wait until it is healed. */
    BLACKHOLE,
    /** Bytes arrive later. */
    DELAY,
    /** New connections are refused. */
    REFUSE,
    /** Connections are reset. */
    CUT,
    /** Connections have an end in one direction and go on in the other. */
    HALF_CLOSE
  }

  public Outage {
    directions = List.copyOf(directions);
  }

  Outage endedAt(long end) {
    return new Outage(fault, directions, from, end);
  }

  public Duration length() {
    return Duration.ofNanos(to - from);
  }

  @Override
  public String toString() {
    return fault + " " + directions + " for " + length().toMillis() + " ms";
  }
}
