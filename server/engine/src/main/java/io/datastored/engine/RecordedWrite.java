package io.datastored.engine;

import io.datastored.config.DatastoreName;
import io.datastored.config.document.ConfigDocument;
import io.datastored.engine.WriteOutcome.Rejected;
import io.datastored.engine.snapshot.Snapshot;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A recorded write is a write that must be recorded somewhere, and is refused while that is not
 * possible. Immutable. A change that only refuses more is made all the same: to take a datastore
 * out of service must always be possible.
 *
 * @param obstacle why changes cannot be recorded now, in one sentence; empty if they can
 */
record RecordedWrite(Write write, Supplier<Optional<String>> obstacle) implements Write {

  @Override
  public DatastoreName name() {
    return write.name();
  }

  @Override
  public Decision decide(Snapshot snapshot, ConfigDocument document) {
    Decision decision = write.decide(snapshot, document);
    if (!(decision instanceof Decision.Change) || write.onlyRefusesMore(snapshot)) {
      return decision;
    }
    return obstacle
        .get()
        .map(why -> Write.refused(Rejected.Reason.STORE_UNAVAILABLE, snapshot, name(), why))
        .orElse(decision);
  }
}
