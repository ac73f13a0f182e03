package io.datastored.cli.command;

import io.datastored.cli.view.DurationText;
import io.datastored.client.fake.ManualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A child that lives by manual time: waiting for it moves the time. Confined to one test. */
final class FakeChild implements Child {

  private record Event(Duration at, Runnable action) {}

  private final ManualTime time;
  private final long begin;
  private final Deque<Event> events = new ArrayDeque<>();
  private Duration end;
  private Duration cleaningUp = Duration.ZERO;

  /** What it was told, and when. */
  final List<String> told = new ArrayList<>();

  FakeChild(ManualTime time, Duration life) {
    this.time = time;
    this.begin = time.getAsLong();
    this.end = life;
  }

  /** How long it takes to end when it is asked to. */
  FakeChild cleaningUpFor(Duration duration) {
    cleaningUp = duration;
    return this;
  }

  /** What happens while it lives; later calls are about later times. */
  FakeChild at(Duration when, Runnable action) {
    events.add(new Event(when, action));
    return this;
  }

  Duration elapsed() {
    return Duration.ofNanos(time.getAsLong() - begin);
  }

  @Override
  public boolean endsWithin(Duration patience) {
    Duration until = elapsed().plus(patience);
    while (!events.isEmpty() && events.peek().at.compareTo(until) <= 0) {
      Event next = events.remove();
      advanceTo(next.at);
      next.action.run();
    }
    advanceTo(end.compareTo(until) < 0 ? end : until);
    return elapsed().compareTo(end) >= 0;
  }

  private void advanceTo(Duration when) {
    Duration left = when.minus(elapsed());
    time.advance(left.isNegative() ? Duration.ZERO : left);
  }

  @Override
  public void terminate() {
    note("terminate");
    end = elapsed().plus(cleaningUp);
  }

  @Override
  public void kill() {
    note("kill");
    end = elapsed();
  }

  @Override
  public void signal(String name) {
    note(name);
  }

  private void note(String what) {
    told.add(what + " at " + DurationText.print(elapsed()));
  }

  @Override
  public int status() {
    return 0;
  }
}
