package io.datastored.engine;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.MaintenanceSetting;
import io.datastored.config.PropertyFault;
import io.datastored.config.document.ConfigDocument;
import io.datastored.config.document.Limits;
import io.datastored.engine.WriteOutcome.Rejected;
import io.datastored.engine.snapshot.Snapshot;
import java.nio.file.Path;
import java.util.Map;

/**
 * A create write is a write that adds a section. Immutable.
 *
 * @param mounts the directory in which removable datastores appear
 */
record CreateWrite(DatastoreName name, DatastoreSettings settings, Path mounts) implements Write {

  @Override
  public Decision decide(Snapshot snapshot, ConfigDocument document) {
    if (snapshot.find(name).isPresent() || snapshot.fault(name).isPresent()) {
      return Write.refused(
          Rejected.Reason.EXISTS, snapshot, name, "datastore '" + name + "' already exists");
    }
    if (document.sections().size() >= Limits.SECTIONS) {
      return Write.refused(
          Rejected.Reason.CONFIG_INVALID,
          snapshot,
          name,
          "there are %d datastores already; at most %d are allowed"
              .formatted(document.sections().size(), Limits.SECTIONS));
    }
    ImmutableList<PropertyFault> faults = document.writeFaultsOf(name, settings, mounts);
    if (!faults.isEmpty()) {
      return Write.invalid(snapshot, name, faults, faults.get(0).message());
    }
    ConfigDocument next = document.withSection(name, settings, MaintenanceSetting.NONE);
    return Write.change(snapshot, name, next, Map.of());
  }
}
