package io.datastored.engine;

import com.google.common.collect.ImmutableList;
import io.datastored.config.ConfigDocument;
import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.PropertyFault;
import io.datastored.config.StoreException;
import io.datastored.engine.WriteOutcome.Rejected;
import java.util.Map;
import java.util.Optional;

/**
 * A maintenance write sets or clears a maintenance mode. Immutable. Setting what is set already
 * changes nothing, so a repeated call cannot make the mode its own mode before.
 */
record MaintenanceWrite(MaintenanceChange change, Engine.Intent intent) implements Write {

  @Override
  public WriteOutcome run(Reload reload) throws StoreException, EditedMeanwhileException {
    Snapshot snapshot = reload.current();
    DatastoreName name = change.name();
    Optional<Rejected> refusal = Write.refusal(snapshot, name, change.expected());
    if (refusal.isPresent()) {
      return refusal.get();
    }
    Datastore present = snapshot.find(name).orElseThrow();
    MaintenanceMode mode = present.maintenance().mode();
    if (!mode.mayBecome(change.setting().mode())) {
      return Write.rejected(
          Rejected.Reason.MODE_CHANGE_REFUSED,
          snapshot,
          name,
          ImmutableList.of(),
          "datastore '" + name + "' is being deleted and cannot leave that mode");
    }
    // The last good version of a faulty section may be in conflict with what is there by now.
    ImmutableList<PropertyFault> faults = reload.document().faultsOf(name, present.settings());
    if (!faults.isEmpty()) {
      return Write.rejected(
          Rejected.Reason.CONFIG_INVALID, snapshot, name, faults, faults.get(0).message());
    }
    ConfigDocument next = reload.document().withSection(name, present.settings(), change.setting());
    return Write.finish(
        reload,
        name,
        next,
        Map.of(name, new ModeNote(change.expectedEnd(), change.setBy())),
        intent);
  }
}
