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
 * Drain floors record what was drained, so that after a crash no such lease is taken over again.
 * Thread-safe: writes are serialized; readers read the book's current entry.
 *
 * <p>They prevent the following interleaving: a request to continue a lease is in flight; the
 * recovery ends and a drain reports DRAINED; the server crashes; the request arrives in the next
 * recovery and is counted, after DRAINED.
 *
 * <p>A floor is dropped when it is older than the longest promise: by then the holder of a lease
 * that it covers has stopped by its own clock, and sends no more requests.
 */
final class DrainFloors {

  private final FilePromiseBook book;
  private final Recovery recovery;
  private final LeaseClock clock;
  private final ClockSlack slack;

  /** When each was recorded; for floors of an earlier run, when this run began. */
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

  /**
   * Records that the operations which a mode refuses have ended; durable when this returns.
   *
   * @param last the highest token of a lease that has
   */
  synchronized void remember(DatastoreName datastore, MaintenanceMode mode, long last)
      throws StoreException {
    long now = clock.now();
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
