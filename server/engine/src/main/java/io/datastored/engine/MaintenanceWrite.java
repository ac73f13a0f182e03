package io.datastored.engine;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.PropertyFault;
import io.datastored.config.document.ConfigDocument;
import io.datastored.engine.WriteOutcome.Rejected;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Maintenance;
import io.datastored.engine.snapshot.ModeAnnotations;
import io.datastored.engine.snapshot.Snapshot;
import java.util.Map;
import java.util.Optional;

/**
 * A maintenance write is a write that sets or clears a maintenance mode. Immutable.
 *
 * <p>Setting exactly the present mode changes nothing, so a repeated call cannot make the mode its
 * own previous mode. It is not an error either, whatever etag the caller has: the answer to its
 * first call may have been lost. Mode DELETE can be left only with the present etag, which proves
 * that the caller has seen who set it and why.
 */
record MaintenanceWrite(MaintenanceChange change) implements Write {

  @Override
  public DatastoreName name() {
    return change.name();
  }

  @Override
  public Decision decide(Snapshot snapshot, ConfigDocument document) {
    DatastoreName name = name();
    Optional<Datastore> there = snapshot.find(name);
    if (there.isPresent() && snapshot.fault(name).isEmpty() && isSet(there.get())) {
      Maintenance before = Maintenance.before(there.get().accepted().mode());
      return new Decision.Answer(
          new WriteOutcome.Written(there.get(), snapshot.revision(), snapshot.revision(), before));
    }
    Optional<Decision> refusal = Write.refusal(snapshot, name, change.expected());
    if (refusal.isPresent()) {
      return refusal.get();
    }
    Datastore present = snapshot.find(name).orElseThrow();
    MaintenanceMode mode = present.maintenance().mode();
    if (!mode.mayBecome(change.setting().mode()) && change.expected().isEmpty()) {
      return Write.refused(
          Rejected.Reason.MODE_CHANGE_REFUSED,
          snapshot,
          name,
          "datastore '"
              + name
              + "' is being deleted; only a caller that gives its current etag can take it out"
              + " of that mode");
    }
    // The last good version of a faulty section may conflict with other sections by now.
    ImmutableList<PropertyFault> faults = document.faultsOf(name, present.settings());
    if (!faults.isEmpty()) {
      return Write.invalid(snapshot, name, faults, faults.get(0).message());
    }
    ConfigDocument next = document.withSection(name, present.settings(), change.setting());
    return Write.change(
        snapshot,
        name,
        next,
        Map.of(name, new ModeAnnotations(change.expectedEnd(), change.setBy())));
  }

  @Override
  public boolean onlyRefusesMore(Snapshot snapshot) {
    MaintenanceMode next = change.setting().mode();
    return snapshot
        .find(name())
        .map(present -> present.maintenance().mode())
        .filter(mode -> next != MaintenanceMode.NONE && next.refusesAllThat(mode))
        .isPresent();
  }

  private boolean isSet(Datastore present) {
    return present.served().setting().equals(change.setting())
        && (change.setting().mode() == MaintenanceMode.NONE
            || change.expectedEnd().isEmpty()
            || change.expectedEnd().equals(present.maintenance().expectedEnd()));
  }
}
