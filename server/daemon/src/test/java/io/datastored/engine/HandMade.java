package io.datastored.engine;

import com.google.common.collect.ImmutableMap;
import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.config.NameMap;
import io.datastored.config.document.ConfigDocument;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.DatastoreRuntime;
import io.datastored.engine.snapshot.LastGood;
import io.datastored.engine.snapshot.ServedSection;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.engine.snapshot.SnapshotFaults;
import io.datastored.file.Digest;
import io.datastored.history.AcceptedDatastore;
import io.datastored.history.AcceptedState;
import io.datastored.history.AcceptedText;
import io.datastored.history.Generation;
import io.datastored.history.ModeRecord;
import io.datastored.history.Revision;
import io.datastored.mount.MountState;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Snapshots that are made by hand, without an engine. Thread-safe. */
public final class HandMade {
  private static final AcceptedText NO_FILE = AcceptedText.of(Digest.EMPTY);
  private static final Map<String, ServedSection> SECTIONS = new ConcurrentHashMap<>();

  private HandMade() {}

  public static Datastore datastore(DatastoreName name, Generation generation, MountState mount) {
    return datastore(name, generation, mount, ModeRecord.NEVER_SET);
  }

  /** A datastore in mode OFFLINE. */
  public static Datastore offline(DatastoreName name, Generation generation, String setBy) {
    ModeRecord mode =
        new ModeRecord(
            MaintenanceSetting.of(MaintenanceMode.OFFLINE),
            generation,
            Optional.empty(),
            Optional.empty(),
            Optional.of(setBy),
            Optional.empty());
    return datastore(name, generation, MountState.NOT_REMOVABLE, mode);
  }

  private static Datastore datastore(
      DatastoreName name, Generation generation, MountState mount, ModeRecord mode) {
    ServedSection section = SECTIONS.computeIfAbsent(text(name, mount), HandMade::section);
    AcceptedDatastore accepted =
        new AcceptedDatastore(
            generation,
            section.fingerprint(),
            mode,
            Optional.of(mount == MountState.MOUNTED),
            Optional.empty());
    Path base = Path.of("/srv", name.value());
    return new Datastore(name, accepted, section, DatastoreRuntime.detached(name, base));
  }

  public static Snapshot snapshot(
      Revision revision,
      Collection<Datastore> byName,
      Generation floor,
      Map<DatastoreName, Generation> removed) {
    NameMap.Builder<Datastore> all = NameMap.builder(NameMap.of(), byName.size());
    byName.forEach(datastore -> all.put(datastore.name(), datastore));
    AcceptedState state =
        new AcceptedState(
            revision, Optional.empty(), NO_FILE, floor, NameMap.of(), ImmutableMap.copyOf(removed));
    NameMap<Datastore> datastores = all.build();
    return new Snapshot(
        state,
        datastores,
        new LastGood.Served(
            datastores.mapped((name, datastore) -> datastore.served()), SnapshotFaults.NONE));
  }

  private static String text(DatastoreName name, MountState mount) {
    return mount == MountState.NOT_REMOVABLE
        ? "datastore: %s\n\tpath /srv/%s\n".formatted(name, name)
        : "datastore: %s\n\tpath data\n\tbacking-device 7c6f8a2e-0001-4000-8000-000000000001\n"
            .formatted(name);
  }

  private static ServedSection section(String text) {
    return ServedSection.good(ConfigDocument.parseSection(text).orElseThrow());
  }
}
