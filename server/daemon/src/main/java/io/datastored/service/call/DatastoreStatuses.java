package io.datastored.service.call;

import com.google.common.collect.ImmutableList;
import com.google.rpc.ErrorInfo;
import io.datastored.access.Role;
import io.datastored.access.Verb;
import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.drain.Drains;
import io.datastored.engine.Engine;
import io.datastored.engine.LiveProcesses;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.operation.Operation;
import io.datastored.probe.GcResult;
import io.datastored.probe.Measurement;
import io.datastored.probe.Probes;
import io.datastored.probe.Reading;
import io.datastored.probe.Target;
import io.datastored.service.wire.ProtoDatastores;
import io.datastored.service.wire.ProtoDrains;
import io.datastored.service.wire.ProtoFaults;
import io.datastored.service.wire.ProtoTimes;
import io.datastored.service.wire.ProtoTroubles;
import io.datastored.service.wire.Refusals;
import io.datastored.v1.DatastoreStatus;
import io.datastored.v1.DrainStatus;
import io.datastored.v1.GcStatus;
import io.datastored.v1.Space;
import io.datastored.watch.View;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * Datastore statuses build the part of a Status that describes one datastore. Thread-safe: it only
 * queries other rooms. Each field is computed independently, so a failure in one does not hide the
 * others.
 */
public final class DatastoreStatuses {
  /** Metadata of refusals that says what stands in the section. */
  private static final ImmutableList<String> FROM_THE_SECTION =
      ImmutableList.of("device", "property", "detail");

  private final Engine engine;
  private final Drains drains;
  private final ToLongFunction<DatastoreName> leases;
  private final Probes probes;
  private final Refusals refusals;

  public DatastoreStatuses(
      Engine engine,
      Drains drains,
      ToLongFunction<DatastoreName> leases,
      Probes probes,
      Refusals refusals) {
    this.engine = engine;
    this.drains = drains;
    this.leases = leases;
    this.probes = probes;
    this.refusals = refusals;
  }

  /**
   * @param census the processes, read once for all datastores of an answer
   * @param role of the caller: who uses the datastore is for operators, what is in its section for
   *     users
   */
  public DatastoreStatus of(
      DatastoreName name, Snapshot snapshot, LiveProcesses census, View view, Role role) {
    var status = DatastoreStatus.newBuilder();
    boolean inspects = role.may(Verb.INSPECT);
    boolean readsSettings = role.may(Verb.SETTINGS);
    if (inspects) {
      status
          .setOperations(ProtoDrains.counts(census.counts(name)))
          .setLeases(leases.applyAsLong(name));
      census.processes(name).stream()
          .filter(process -> !process.counts().none())
          .map(ProtoDrains::process)
          .forEach(status::addProcesses);
      engine.troubles().of(name).stream().map(ProtoTroubles::of).forEach(status::addTroubles);
    }
    snapshot
        .fault(name)
        .map(ProtoFaults::of)
        .map(fault -> readsSettings ? fault : ProtoFaults.withoutSettings(fault))
        .ifPresent(status::setConfigFault);
    refusal(name, Operation.READ, status, readsSettings);
    refusal(name, Operation.WRITE, status, readsSettings);
    Optional<Datastore> served = snapshot.find(name);
    if (served.isPresent()) {
      status.setDatastore(ProtoDatastores.of(served.get(), view, role));
      if (served.get().maintenance().mode() != MaintenanceMode.NONE) {
        DrainStatus drain =
            ProtoDrains.status(drains.inTheWay(served.get(), snapshot.revision(), census));
        status.setDrain(inspects ? drain : withoutUsers(drain));
      }
      measured(probes.reading(Target.of(served.get())), readsSettings ? view : View.BASIC, status);
    } else {
      status.setDatastore(io.datastored.v1.Datastore.newBuilder().setName(name.value()));
    }
    return status.build();
  }

  private void refusal(
      DatastoreName name,
      Operation operation,
      DatastoreStatus.Builder status,
      boolean readsSettings) {
    engine
        .verdict(name, operation)
        .map(refusals::info)
        .map(info -> readsSettings ? info : withoutSettings(info))
        .ifPresent(status::addRefusals);
  }

  /** The keys stay; a value that comes from the section is empty. */
  private static ErrorInfo withoutSettings(ErrorInfo info) {
    var shown = info.toBuilder();
    for (String key : FROM_THE_SECTION) {
      if (info.containsMetadata(key)) {
        shown.putMetadata(key, "");
      }
    }
    return shown.build();
  }

  private static DrainStatus withoutUsers(DrainStatus drain) {
    var shown = DrainStatus.newBuilder().setDrained(drain.getDrained());
    if (drain.hasRecoveryLeft()) {
      shown.setRecoveryLeft(drain.getRecoveryLeft());
    }
    return shown.build();
  }

  private static void measured(Reading reading, View view, DatastoreStatus.Builder status) {
    Optional<Measurement> measurement = reading.measurement();
    if (measurement.isPresent() || !reading.error().isEmpty()) {
      var space = Space.newBuilder().setError(reading.error());
      measurement
          .map(Measurement::space)
          .ifPresent(
              found ->
                  space
                      .setTotalBytes(found.total())
                      .setUsedBytes(found.used())
                      .setAvailableBytes(found.available())
                      .setAge(ProtoTimes.duration(reading.age())));
      status.setSpace(space);
    }
    if (view == View.FULL) {
      measurement
          .flatMap(Measurement::gc)
          .map(gc -> gc(gc).setAge(ProtoTimes.duration(reading.age())))
          .ifPresent(status::setGc);
    }
  }

  private static GcStatus.Builder gc(GcResult gc) {
    return GcStatus.newBuilder()
        .setUpid(gc.upid())
        .setIndexFileCount(gc.indexFileCount())
        .setIndexDataBytes(gc.indexDataBytes())
        .setDiskBytes(gc.diskBytes())
        .setDiskChunks(gc.diskChunks())
        .setRemovedBytes(gc.removedBytes())
        .setRemovedChunks(gc.removedChunks())
        .setPendingBytes(gc.pendingBytes())
        .setPendingChunks(gc.pendingChunks())
        .setRemovedBad(gc.removedBad())
        .setStillBad(gc.stillBad());
  }
}
