package io.datastored.promise;

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
 * Thread-safe: writes are made one after the other; who asks reads the book's one entry.
 *
 * <p>What they prevent: an ask to continue a lease is on its way; the recovery ends, a drain says
 * DRAINED; the server crashes; the ask arrives in the next recovery and is counted, after DRAINED.
 *
 * <p>A floor is dropped when it is older than the longest promise: the holder of a lease that was
 * over then has stopped by its own clock, and no message of its is younger.
 */
final class DrainFloors {

  private final FilePromiseBook book;
  private final Recovery recovery;
  private final LeaseClock clock;
  private final ClockSlack slack;

  /** When each was remembered; those of an earlier run when this one began. */
  @GuardedBy("this")
  private final Map<FencingFloor, Long> rememberedAt = new HashMap<>();

  DrainFloors(FilePromiseBook book, Recovery recovery, LeaseClock clock, ClockSlack slack) {
    this.book = book;
    this.recovery = recovery;
    this.clock = clock;
    this.slack = slack;
    long now = clock.now();
    book.floors().forEach(floor -> rememberedAt.put(floor, now));
  }

  /** Remembers that what a mode refuses has ended; on the disk when this returns. */
  synchronized void remember(DatastoreName datastore, MaintenanceMode mode) throws StoreException {
    long now = clock.now();
    long last = book.lastToken();
    ImmutableList<FencingFloor> added =
        Stream.of(Operation.values())
            .filter(operation -> operation.counted() && operation.refusedBy(mode))
            .map(operation -> new FencingFloor(datastore, operation, last))
            .collect(toImmutableList());
    book.remember(outdated(now), added);
    ImmutableList<FencingFloor> kept = book.floors();
    rememberedAt.keySet().retainAll(kept);
    kept.forEach(floor -> rememberedAt.putIfAbsent(floor, now));
  }

  @GuardedBy("this")
  private ImmutableList<FencingFloor> outdated(long now) {
    if (recovery.active()) {
      return ImmutableList.of();
    }
    long longest = slack.keptNanos(book.longestTtl());
    return rememberedAt.entrySet().stream()
        .filter(floor -> floor.getValue() + longest <= now)
        .map(Map.Entry::getKey)
        .collect(toImmutableList());
  }
}
