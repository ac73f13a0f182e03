package io.datastored.probe;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A subject is one base directory that is probed. Confined to the lock of {@link Probes}. */
final class Subject {
  /** The state of its only probe. */
  enum State {
    IDLE,
    WAITING,
    RUNNING,
    HUNG
  }

  final Path basePath;
  State state = State.IDLE;

  /** Whether no caller has waited for it and it was never tried. */
  boolean first = true;

  long startedAt;
  private @Nullable Measurement measurement;
  private long measuredAt;
  private final SpaceTrend trend = new SpaceTrend();
  private String error = "";
  private boolean tried;
  private long triedAt;

  Subject(Path basePath) {
    this.basePath = basePath;
  }

  boolean due(long now, long freshness) {
    return state == State.IDLE && (!tried || now - triedAt >= freshness);
  }

  void finished(Attempt attempt, long now) {
    attempt
        .measurement()
        .ifPresent(
            found -> {
              measurement = found;
              measuredAt = now;
              trend.add(found.space().available(), now);
            });
    error = attempt.error();
    tried = true;
    triedAt = now;
    first = false;
    state = State.IDLE;
  }

  Reading reading(long now, long limit) {
    long underWay = now - startedAt;
    boolean late = (state == State.RUNNING || state == State.HUNG) && underWay > limit;
    String why =
        late ? "no answer for %d s".formatted(Duration.ofNanos(underWay).toSeconds()) : error;
    return measurement == null
        ? new Reading(Optional.empty(), Duration.ZERO, why, Optional.empty())
        : new Reading(
            Optional.of(measurement), Duration.ofNanos(now - measuredAt), why, trend.perHour());
  }
}
