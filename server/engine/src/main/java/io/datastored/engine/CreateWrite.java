package io.datastored.engine;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.MaintenanceSetting;
import io.datastored.config.PropertyFault;
import io.datastored.config.document.ConfigDocument;
import io.datastored.config.document.Limits;
import io.datastored.engine.WriteOutcome.Rejected;
import io.datastored.file.StoreException;
import java.nio.file.Path;
import java.util.Map;

/**
 * A create write adds a section. Immutable.
 *
 * @param mounts the directory in which removable datastores appear
 */
record CreateWrite(
    DatastoreName name, DatastoreSettings settings, Path mounts, Engine.Intent intent)
    implements Write {

  @Override
  public WriteOutcome run(Turn turn)
      throws StoreException, EditedMeanwhileException, WithdrawnException {
    Snapshot snapshot = turn.current();
    if (snapshot.find(name).isPresent() || snapshot.fault(name).isPresent()) {
      return Write.rejected(
          Rejected.Reason.EXISTS, snapshot, name, "datastore '" + name + "' already exists");
    }
    if (turn.document().sections().size() >= Limits.SECTIONS) {
      return Write.rejected(
          Rejected.Reason.CONFIG_INVALID,
          snapshot,
          name,
          "there are %d datastores already; at most %d are allowed"
              .formatted(turn.document().sections().size(), Limits.SECTIONS));
    }
    ImmutableList<PropertyFault> faults = turn.document().writeFaultsOf(name, settings, mounts);
    if (!faults.isEmpty()) {
      return Write.rejected(
          Rejected.Reason.CONFIG_INVALID, snapshot, name, faults, faults.get(0).message());
    }
    ConfigDocument next = turn.document().withSection(name, settings, MaintenanceSetting.NONE);
    return Write.finish(turn, name, next, Map.of(), intent);
  }
}
