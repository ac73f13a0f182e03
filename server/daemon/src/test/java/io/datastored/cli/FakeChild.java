package io.datastored.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A child that lives by a manual clock: waiting for it moves the clock. Confined to one test. */
final class FakeChild implements Child {

  private final ManualClock clock;
  private Duration end;
  private Duration cleaningUp = Duration.ZERO;

  /** What it was told, and when. */
  final List<String> told = new ArrayList<>();

  FakeChild(ManualClock clock, Duration life) {
    this.clock = clock;
    this.end = life;
  }

  /** How long it takes to end when it is asked to. */
  FakeChild cleaningUpFor(Duration time) {
    cleaningUp = time;
    return this;
  }

  @Override
  public boolean endsWithin(Duration time) {
    Duration left = end.minus(clock.elapsed());
    clock.advance(left.compareTo(time) < 0 ? left : time);
    return clock.elapsed().compareTo(end) >= 0;
  }

  @Override
  public void terminate() {
    note("terminate");
    end = clock.elapsed().plus(cleaningUp);
  }

  @Override
  public void kill() {
    note("kill");
    end = clock.elapsed();
  }

  @Override
  public void signal(String name) {
    note(name);
  }

  private void note(String what) {
    told.add(what + " at " + DurationText.print(clock.elapsed()));
  }

  @Override
  public int status() {
    return 0;
  }
}
