package io.datastored.promise;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import java.util.Collection;
import java.util.stream.Stream;

/**
 * A ledger entry is what a server knows of its promises after a restart. Immutable.
 *
 * @param ceiling every fencing token ever granted is below
 * @param longestTtl no lease was promised for longer; whole seconds
 * @param promises whether any promise may still be out
 * @param floors what was drained so short a time ago that an ask to take it over may still come;
 *     one for each operation on each datastore
 * @param left base paths that were left while leases were out, in the order in which they were
 */
record LedgerEntry(
    long ceiling,
    Duration longestTtl,
    Promises promises,
    ImmutableList<FencingFloor> floors,
    ImmutableList<LeftPath> left) {

  /** Whether any promise may still be out. */
  enum Promises {
    OUT,
    SETTLED
  }

  public LedgerEntry {
    if (ceiling < 1 || ceiling > FencingToken.BOUND) {
      throw new IllegalArgumentException("the ceiling is 1 to 2^53, not " + ceiling);
    }
    if (longestTtl.isNegative() || longestTtl.getNano() != 0) {
      throw new IllegalArgumentException("the longest ttl is in whole seconds, not " + longestTtl);
    }
  }

  LedgerEntry(long ceiling, Duration longestTtl, Promises promises) {
    this(ceiling, longestTtl, promises, ImmutableList.of(), ImmutableList.of());
  }

  LedgerEntry withCeiling(long other) {
    return new LedgerEntry(other, longestTtl, promises, floors, left);
  }

  LedgerEntry withoutFloors(Collection<FencingFloor> outdated) {
    return new LedgerEntry(
        ceiling,
        longestTtl,
        promises,
        floors.stream()
            .filter(floor -> !outdated.contains(floor))
            .collect(ImmutableList.toImmutableList()),
        left);
  }

  LedgerEntry leaving(Collection<LeftPath> more) {
    return new LedgerEntry(
        ceiling,
        longestTtl,
        promises,
        floors,
        ImmutableList.<LeftPath>builder().addAll(left).addAll(more).build());
  }

  LedgerEntry withLeft(ImmutableList<LeftPath> others) {
    return new LedgerEntry(ceiling, longestTtl, promises, floors, others);
  }

  /** With a floor; a higher one for the same operation and datastore stays. */
  LedgerEntry withFloor(FencingFloor added) {
    if (floors.stream().anyMatch(floor -> floor.isLike(added) && floor.token() >= added.token())) {
      return this;
    }
    return new LedgerEntry(
        ceiling,
        longestTtl,
        promises,
        Stream.concat(floors.stream().filter(floor -> !floor.isLike(added)), Stream.of(added))
            .collect(ImmutableList.toImmutableList()),
        left);
  }

  /** The entry that allows a lease of a ttl to be promised. */
  LedgerEntry promising(Duration ttl) {
    if (allows(ttl)) {
      return this;
    }
    Duration seconds = Duration.ofSeconds(ttl.plusNanos(999_999_999).toSeconds());
    Duration longer = seconds.compareTo(longestTtl) > 0 ? seconds : longestTtl;
    return new LedgerEntry(ceiling, longer, Promises.OUT, floors, left);
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
