package io.datastored.admin;

import com.google.common.collect.ImmutableList;
import io.datastored.engine.Engine;

/**
 * Liveness is whether the server should be left running: no, if a restart would help. That is the
 * case when a periodic task that its promises depend on has died or hangs, and when its run
 * directory is lost. A full disk or a hung mount is never a reason: a restart would not help.
 * Thread-safe: it reads fields, and never waits.
 */
public final class Liveness {
  private final Engine engine;

  public Liveness(Engine engine) {
    this.engine = engine;
  }

  /** Why it should be restarted, each reason one line; empty if it is alive. */
  public ImmutableList<String> reasons() {
    ImmutableList.Builder<String> reasons = ImmutableList.builder();
    engine
        .tasks()
        .stalledNow()
        .forEach(task -> reasons.add("tasks: the %s has died or hangs".formatted(task)));
    if (engine.lost().isDone()) {
      reasons.add("run directory: " + engine.lost().join());
    }
    return reasons.build();
  }
}
