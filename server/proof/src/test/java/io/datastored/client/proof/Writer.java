package io.datastored.client.proof;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.engine.Engine;
import io.datastored.engine.Intent;
import io.datastored.engine.MaintenanceChange;
import io.datastored.engine.WriteOutcome;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A writer is a process of the server's host that changes datastores at random, also while there is
 * no server. Confined to one thread.
 */
final class Writer {

  private static final int LONGEST_REST_MILLIS = 15;

  private final Engine engine;
  private final List<String> names;
  private final SplittableRandom random;
  private int changes;
  private int changesInGaps;

  Writer(Engine engine, List<String> names, SplittableRandom random) {
    this.engine = engine;
    this.names = names;
    this.random = random;
  }

  /** Until it is told to stop. */
  void write(BooleanSupplier stop, BooleanSupplier gap) throws InterruptedException {
    while (!stop.getAsBoolean()) {
      boolean inGap = gap.getAsBoolean();
      change(DatastoreName.of(names.get(random.nextInt(names.size()))));
      changes++;
      if (inGap && gap.getAsBoolean()) {
        changesInGaps++;
      }
      TimeUnit.MILLISECONDS.sleep(random.nextInt(LONGEST_REST_MILLIS));
    }
  }

  private void change(DatastoreName name) {
    WriteOutcome outcome =
        random.nextInt(4) == 0
            ? engine.setMaintenance(
                new MaintenanceChange(
                    name,
                    random.nextBoolean()
                        ? MaintenanceSetting.of(MaintenanceMode.READ_ONLY)
                        : MaintenanceSetting.NONE,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()),
                Intent.COMMIT)
            : engine.update(
                name,
                Optional.empty(),
                settings -> settings.toBuilder().comment(Optional.of("change " + changes)).build(),
                Intent.COMMIT);
    if (!(outcome instanceof WriteOutcome.Written)) {
      throw new AssertionError(outcome.toString());
    }
  }

  int changes() {
    return changes;
  }

  /** Those that were made while something was wrong, from begin to end. */
  int changesInGaps() {
    return changesInGaps;
  }
}
