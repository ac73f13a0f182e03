package io.datastored.promise;

import com.google.common.collect.ImmutableList;
import io.datastored.history.Incarnation;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A ledger entry is the durable record of a server's promises. Immutable.
 *
 * @param ceiling exclusive upper bound of every fencing token ever granted
 * @param longestTtl the longest ttl ever promised; whole seconds
 * @param promises whether any promise may still be outstanding
 * @param floors what was drained so recently that a request to take it over may still arrive; one
 *     for each operation on each datastore
 * @param left base paths that were left while leases were outstanding, in order
 * @param history the incarnation under which it was written; empty if an earlier version wrote it
 */
record LedgerEntry(
    long ceiling,
    Duration longestTtl,
    Promises promises,
    ImmutableList<FencingFloor> floors,
    ImmutableList<LeftPath> left,
    Optional<Incarnation> history) {

  /** Whether any promise may still be outstanding. */
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
    this(ceiling, longestTtl, promises, ImmutableList.of(), ImmutableList.of(), Optional.empty());
  }

  LedgerEntry withCeiling(long other) {
    return new LedgerEntry(other, longestTtl, promises, floors, left, history);
  }

  LedgerEntry withoutFloors(Collection<FencingFloor> outdated) {
    return withFloors(floors.stream().filter(floor -> !outdated.contains(floor)));
  }

  /** This entry with a floor added; a higher one for the same operation and datastore stays. */
  LedgerEntry withFloor(FencingFloor added) {
    if (floors.stream().anyMatch(floor -> floor.isLike(added) && floor.token() >= added.token())) {
      return this;
    }
    return withFloors(
        Stream.concat(floors.stream().filter(floor -> !floor.isLike(added)), Stream.of(added)));
  }

  private LedgerEntry withFloors(Stream<FencingFloor> others) {
    return new LedgerEntry(
        ceiling,
        longestTtl,
        promises,
        others.collect(ImmutableList.toImmutableList()),
        left,
        history);
  }

  LedgerEntry leaving(Collection<LeftPath> more) {
    return withLeft(ImmutableList.<LeftPath>builder().addAll(left).addAll(more).build());
  }

  LedgerEntry withLeft(ImmutableList<LeftPath> others) {
    return new LedgerEntry(ceiling, longestTtl, promises, floors, others, history);
  }

  /** This entry, extended to allow a lease of this ttl. */
  LedgerEntry promising(Duration ttl) {
    if (allows(ttl)) {
      return this;
    }
    Duration seconds = Duration.ofSeconds(ttl.plusNanos(999_999_999).toSeconds());
    Duration longer = seconds.compareTo(longestTtl) > 0 ? seconds : longestTtl;
    return new LedgerEntry(ceiling, longer, Promises.OUT, floors, left, history);
  }

  /** What a reader of the file wants to know. */
  String description() {
    return "%s, fencing tokens are below %d, %d fencing floors, %d earlier base paths"
        .formatted(
            promises == Promises.OUT
                ? "leases and sessions of up to %d s may be out".formatted(longestTtl.toSeconds())
                : "no leases are out",
            ceiling,
            floors.size(),
            left.size());
  }

  /** Whether a lease of this ttl may be promised under this entry. */
  boolean allows(Duration ttl) {
    return promises == Promises.OUT && ttl.compareTo(longestTtl) <= 0;
  }

  /** This entry in a history. */
  LedgerEntry in(Optional<Incarnation> other) {
    return new LedgerEntry(ceiling, longestTtl, promises, floors, left, other);
  }

  /** This entry with no promise outstanding. */
  LedgerEntry settled() {
    return new LedgerEntry(ceiling, Duration.ZERO, Promises.SETTLED).in(history);
  }
}
