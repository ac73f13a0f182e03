package io.datastored.engine;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.document.ConfigDocument;
import io.datastored.engine.WriteOutcome.Rejected;
import io.datastored.engine.snapshot.Etag;
import io.datastored.engine.snapshot.Snapshot;
import java.util.Map;
import java.util.Optional;

/**
 * A delete write is a write that removes the section of a datastore that is in mode DELETE and not
 * in use. Immutable. The base directory is not touched.
 *
 * @param guard whether the datastore is in use; until the section is removed the mode cannot be
 *     cleared, so no use can start
 */
record DeleteWrite(DatastoreName name, Optional<Etag> expected, Decision.Guard guard)
    implements Write {

  @Override
  public Decision decide(Snapshot snapshot, ConfigDocument document) {
    Optional<Decision> refusal = Write.refusal(snapshot, name, expected);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    MaintenanceMode mode = snapshot.find(name).orElseThrow().maintenance().mode();
    if (mode != MaintenanceMode.DELETE) {
      return Write.refused(
          Rejected.Reason.IN_USE,
          snapshot,
          name,
          "datastore '"
              + name
              + "' is in maintenance mode "
              + mode.word()
              + "; only a datastore in mode delete can be removed");
    }
    ConfigDocument next = document.withoutSection(name);
    if (!next.faults().isEmpty()) {
      return Write.refused(
          Rejected.Reason.CONFIG_INVALID,
          snapshot,
          name,
          "the configuration file has a fault outside of any section, so removals are"
              + " suspended; repair the file first");
    }
    return new Decision.Change(next, Map.of(), guard);
  }
}
