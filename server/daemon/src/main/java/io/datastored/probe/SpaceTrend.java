package io.datastored.probe;

import java.time.Duration;
import java.util.Optional;

/**
 * A space trend compares the available space of a file system with what it was ten minutes to an
 * hour before. Confined to the lock of {@link Probes}. It keeps three numbers, not the
 * measurements.
 */
final class SpaceTrend {
  private static final long SHORTEST = Duration.ofMinutes(10).toNanos();
  private static final long RENEWED = Duration.ofMinutes(30).toNanos();
  private static final double HOUR = Duration.ofHours(1).toNanos();

  /** The space at one moment. */
  private record Mark(long available, long at) {}

  private Optional<Mark> older = Optional.empty();
  private Optional<Mark> newer = Optional.empty();
  private Optional<Mark> last = Optional.empty();

  void add(long available, long now) {
    var mark = new Mark(available, now);
    last = Optional.of(mark);
    if (newer.isEmpty()) {
      older = last;
      newer = last;
    } else if (now - newer.get().at() >= RENEWED) {
      older = newer;
      newer = last;
    }
  }

  /** By how many bytes the space grows in an hour; empty if it was not measured for long enough. */
  Optional<Long> perHour() {
    return last.filter(now -> now.at() - older.orElse(now).at() >= SHORTEST)
        .map(
            now -> {
              Mark then = older.orElse(now);
              return Math.round(
                  (now.available() - then.available()) * (HOUR / (now.at() - then.at())));
            });
  }
}
