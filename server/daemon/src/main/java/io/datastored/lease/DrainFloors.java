package io.datastored.lease;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.file.StoreException;
import io.datastored.operation.Operation;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Drain floors are what was drained, remembered over a crash so that nobody takes it over again.
 * Thread-safe: writes are made one after the other; who asks reads the ledger's one entry.
 *
 * <p>What it prevents: an ask to reclaim a lease is on its way; the recovery ends, a drain says
 * DRAINED; the server crashes; the ask arrives in the next recovery and is counted, after DRAINED.
 *
 * <p>A floor is dropped when it is older than the longest promise: the holder of a lease that was
 * over then has stopped by its own clock, and no message of its is younger.
 */
final class DrainFloors {

  private final LeaseLedger ledger;
  private final FencingTokens tokens;
  private final Recovery recovery;
  private final LeaseClock clock;
  private final ClockSlack margin;

  /** When each was remembered; those of an earlier run when this one began. */
  @GuardedBy("this")
  private final Map<FencingFloor, Long> rememberedAt = new HashMap<>();

  DrainFloors(
      LeaseLedger ledger,
      FencingTokens tokens,
      Recovery recovery,
      LeaseClock clock,
      ClockSlack margin) {
    this.ledger = ledger;
    this.tokens = tokens;
    this.recovery = recovery;
    this.clock = clock;
    this.margin = margin;
    long now = clock.now();
    ledger.floors().forEach(floor -> rememberedAt.put(floor, now));
  }

  /** Whether a lease may be reclaimed, as far as drains say. */
  boolean isAbove(DatastoreName datastore, Operation operation, FencingToken token) {
    var wanted = new FencingFloor(datastore, operation, token.value());
    return ledger.floors().stream()
        .noneMatch(floor -> floor.isLike(wanted) && floor.token() >= wanted.token());
  }

  /** Remembers that what a mode refuses has ended; on the disk when this returns. */
  synchronized void remember(DatastoreName datastore, MaintenanceMode mode) throws StoreException {
    long now = clock.now();
    long last = tokens.last();
    ImmutableList<FencingFloor> added =
        Stream.of(Operation.values())
            .filter(operation -> operation.counted() && operation.refusedBy(mode))
            .map(operation -> new FencingFloor(datastore, operation, last))
            .collect(toImmutableList());
    ledger.remember(outdated(now), added);
    ImmutableList<FencingFloor> kept = ledger.floors();
    rememberedAt.keySet().retainAll(kept);
    kept.forEach(floor -> rememberedAt.putIfAbsent(floor, now));
  }

  @GuardedBy("this")
  private ImmutableList<FencingFloor> outdated(long now) {
    if (recovery.active()) {
      return ImmutableList.of();
    }
    long longest = margin.keptNanos(ledger.longestTtl());
    return rememberedAt.entrySet().stream()
        .filter(floor -> floor.getValue() + longest <= now)
        .map(Map.Entry::getKey)
        .collect(toImmutableList());
  }
}
