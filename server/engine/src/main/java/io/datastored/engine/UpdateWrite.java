package io.datastored.engine;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.PropertyFault;
import io.datastored.config.document.ConfigDocument;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Etag;
import io.datastored.engine.snapshot.Snapshot;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * An update write is a write that changes the settings of a section. Immutable.
 *
 * @param mounts the directory in which removable datastores appear
 */
record UpdateWrite(
    DatastoreName name, Optional<Etag> expected, UnaryOperator<DatastoreSettings> edit, Path mounts)
    implements Write {

  @Override
  public Decision decide(Snapshot snapshot, ConfigDocument document) {
    Optional<Decision> refusal = Write.refusal(snapshot, name, expected);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    Datastore present = snapshot.find(name).orElseThrow();
    DatastoreSettings settings = edit.apply(present.settings());
    ImmutableList.Builder<PropertyFault> collected = ImmutableList.builder();
    collected.addAll(document.writeFaultsOf(name, settings, mounts));
    if (!settings.backingDevice().equals(present.settings().backingDevice())) {
      collected.add(
          new PropertyFault("backing-device", "backing-device cannot be changed after creation"));
    }
    ImmutableList<PropertyFault> faults = collected.build();
    if (!faults.isEmpty()) {
      return Write.invalid(snapshot, name, faults, faults.get(0).message());
    }
    ConfigDocument next = document.withSection(name, settings, present.served().setting());
    return Write.change(snapshot, name, next, Map.of());
  }
}
