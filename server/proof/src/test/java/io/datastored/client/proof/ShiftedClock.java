package io.datastored.client.proof;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A shifted clock is a wall clock that somebody sets. Thread-safe: one volatile field. */
final class ShiftedClock implements InstantSource {

  private volatile Duration shift = Duration.ZERO;

  void shiftBy(Duration time) {
    shift = time;
  }

  @Override
  public Instant instant() {
    return Instant.now().plus(shift);
  }
}
