package io.datastored.lease;

import java.time.Duration;

/**
 * A ledger entry is what a server knows of its promises after a restart. Immutable.
 *
 * @param ceiling every fencing token ever granted is below
 * @param longestTtl no lease was promised for longer; whole seconds
 * @param promises whether any promise may still be out
 */
record LedgerEntry(long ceiling, Duration longestTtl, Promises promises) {

  /** Whether any promise may still be out. */
  enum Promises {
    OUT,
    SETTLED
  }

  LedgerEntry {
    if (ceiling < 1 || ceiling > FencingToken.BOUND) {
      throw new IllegalArgumentException("the ceiling is 1 to 2^53, not " + ceiling);
    }
    if (longestTtl.isNegative() || longestTtl.getNano() != 0) {
      throw new IllegalArgumentException("the longest ttl is in whole seconds, not " + longestTtl);
    }
  }

  LedgerEntry withCeiling(long other) {
    return new LedgerEntry(other, longestTtl, promises);
  }

  /** The entry that allows a lease of a ttl to be promised. */
  LedgerEntry promising(Duration ttl) {
    if (allows(ttl)) {
      return this;
    }
    Duration seconds = Duration.ofSeconds(ttl.plusNanos(999_999_999).toSeconds());
    Duration longer = seconds.compareTo(longestTtl) > 0 ? seconds : longestTtl;
    return new LedgerEntry(ceiling, longer, Promises.OUT);
  }

  /** Whether a lease of a ttl may be promised under this entry. */
  boolean allows(Duration ttl) {
    return promises == Promises.OUT && ttl.compareTo(longestTtl) <= 0;
  }

  /** The entry of a server that owes nobody anything. */
  LedgerEntry settled() {
    return new LedgerEntry(ceiling, Duration.ZERO, Promises.SETTLED);
  }
}
