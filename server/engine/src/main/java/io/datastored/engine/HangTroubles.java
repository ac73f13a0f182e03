package io.datastored.engine;

import io.datastored.engine.health.TroubleCause;
import io.datastored.engine.health.Troubles;
import io.datastored.engine.snapshot.Runtimes;
import io.datastored.mount.Bulkhead;
import io.datastored.mount.Bulkheads;
import java.nio.file.Path;

/** Hang troubles are the troubles of datastores whose file system does not answer. Thread-safe. */
final class HangTroubles implements Bulkheads.Listener {

  private final Runtimes runtimes;
  private final Troubles troubles;

  HangTroubles(Runtimes runtimes, Troubles troubles) {
    this.runtimes = runtimes;
    this.troubles = troubles;
  }

  @Override
  public void hangs(Path basePath, Bulkhead.Hang hang) {
    runtimes
        .nameOf(basePath)
        .ifPresent(
            name ->
                troubles.raise(
                    name,
                    TroubleCause.BASE_PATH,
                    basePath.toString(),
                    hang.sentence()
                        + "; READ and WRITE that would open the datastore are refused until it"
                        + " does; check its mount"));
  }

  @Override
  public void answers(Path basePath) {
    troubles.clearEverywhere(TroubleCause.BASE_PATH, basePath.toString());
  }
}
