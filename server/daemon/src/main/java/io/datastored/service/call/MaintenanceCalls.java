package io.datastored.service.call;

import io.datastored.access.AuditEvent;
import io.datastored.access.Verb;
import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.drain.Drain;
import io.datastored.drain.DrainPolicy;
import io.datastored.drain.Drains;
import io.datastored.drain.NeighbourManner;
import io.datastored.drain.Progress;
import io.datastored.engine.Engine;
import io.datastored.engine.Intent;
import io.datastored.engine.MaintenanceChange;
import io.datastored.engine.WriteOutcome;
import io.datastored.engine.WriteOutcome.Rejected;
import io.datastored.engine.WriteOutcome.Written;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Etag;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.service.call.AuditLog.Origin;
import io.datastored.service.stream.DrainOrigin;
import io.datastored.service.stream.OpenDrains;
import io.datastored.service.wire.BlockingCalls;
import io.datastored.service.wire.Caller;
import io.datastored.service.wire.ProtoDatastores;
import io.datastored.service.wire.ProtoDrains;
import io.datastored.service.wire.ProtoSessions.Viewer;
import io.datastored.service.wire.ProtoWords;
import io.datastored.service.wire.Refusals;
import io.datastored.service.wire.RequestFaults;
import io.datastored.v1.DrainRequest;
import io.datastored.v1.DrainResponse;
import io.datastored.v1.MaintenanceServiceGrpc.MaintenanceServiceImplBase;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.SetMaintenanceModeResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** The calls of MaintenanceService. Thread-safe: immutable. */
public final class MaintenanceCalls extends MaintenanceServiceImplBase {
  private final Engine engine;
  private final Drains drains;
  private final AppliedModes applied;
  private final OpenDrains open;
  private final AuditLog audit;
  private final Refusals refusals;
  private final BlockingCalls blocking;

  public MaintenanceCalls(
      Engine engine,
      Drains drains,
      AppliedModes applied,
      OpenDrains open,
      AuditLog audit,
      Refusals refusals,
      BlockingCalls blocking) {
    this.audit = audit;
    this.engine = engine;
    this.drains = drains;
    this.applied = applied;
    this.open = open;
    this.refusals = refusals;
    this.blocking = blocking;
  }

  @Override
  public void setMaintenanceMode(
      SetMaintenanceModeRequest request, StreamObserver<SetMaintenanceModeResponse> observer) {
    blocking.answerLater(observer, () -> set(request));
  }

  @Override
  public void drain(DrainRequest request, StreamObserver<DrainResponse> observer) {
    var faults = new RequestFaults();
    Optional<DatastoreName> name = faults.datastoreName("datastore", request.getDatastore());
    Optional<Duration> timeout =
        request.hasTimeout() ? faults.duration("timeout", request.getTimeout()) : Optional.empty();
    faults.throwIfAny(refusals);
    DrainPolicy manner = request.getForce() ? DrainPolicy.FORCE : DrainPolicy.WAIT;
    NeighbourManner neighbours =
        request.getIgnorePbs() ? NeighbourManner.IGNORE : NeighbourManner.WAIT;
    Origin asked = Origin.current();
    boolean looksOn = manner == DrainPolicy.WAIT && neighbours == NeighbourManner.WAIT;
    DrainOrigin origin =
        new DrainOrigin(asked.caller(), name.orElseThrow(), looksOn ? Verb.SEE : Verb.MAINTAIN);
    // Before the stream counts against the limit of drains, and again at each look.
    origin.require(refusals);
    open.begin(
        origin,
        () -> question(name.orElseThrow(), etag(request.getEtag()), manner, neighbours, asked),
        timeout,
        (ServerCallStreamObserver<DrainResponse>) observer);
  }

  private Drain question(
      DatastoreName name,
      Optional<Etag> etag,
      DrainPolicy manner,
      NeighbourManner neighbours,
      Origin by) {
    // The drain waits for what another process committed before the call arrived, too.
    Snapshot snapshot = refusals.fresh(engine);
    Datastore datastore = snapshot.find(name).orElseThrow(() -> refusals.missing(name, snapshot));
    if (etag.isPresent() && !etag.get().equals(datastore.etag())) {
      return drains.abandoned(datastore, snapshot.revision());
    }
    if (datastore.maintenance().mode() == MaintenanceMode.NONE) {
      throw refusals.notUnderMaintenance(name);
    }
    if (manner == DrainPolicy.FORCE || neighbours == NeighbourManner.IGNORE) {
      Optional<String> obstacle = audit.settled().get();
      if (obstacle.isPresent()) {
        throw refusals.storeUnavailable(obstacle.get());
      }
    }
    String mode = datastore.maintenance().word();
    if (manner == DrainPolicy.FORCE) {
      audit.leasesForced(name, mode, snapshot.revision(), by);
    }
    if (neighbours == NeighbourManner.IGNORE) {
      audit.neighboursIgnored(name, mode, snapshot.revision(), by);
    }
    return drains.begin(datastore, snapshot.revision(), manner, neighbours);
  }

  private CompletableFuture<Supplier<SetMaintenanceModeResponse>> set(
      SetMaintenanceModeRequest request) {
    MaintenanceChange change = change(request);
    // A stricter mode must not wait for the audit log.
    Intent intent =
        CallIntent.of(
            request.getValidateOnly(),
            change.setting().mode() == MaintenanceMode.NONE ? audit.settled() : audit::obstacle);
    WriteOutcome outcome = engine.setMaintenance(change, intent);
    if (outcome instanceof Rejected rejected) {
      audit.rejected(
          change.setting().mode() == MaintenanceMode.NONE
              ? AuditEvent.Kind.MODE_CLEARED
              : AuditEvent.Kind.MODE_SET,
          rejected,
          Origin.current());
      throw refusals.of(rejected);
    }
    Written written = (Written) outcome;
    if (written.changed()) {
      audit.modeSet(written, Origin.current());
    }
    Viewer to = applied.viewer(Caller.current());
    // Counted after the mode is committed: an operation that is missing from these counts will see
    // the mode. In the other order, an operation that starts in between would be in neither. And
    // after the other servers have applied it, or those that have not are named.
    return request.getValidateOnly()
        ? CompletableFuture.completedFuture(
            () -> answer(written, drains.would(change.name(), change.setting().mode()), to))
        : applied
            .everywhere(written.datastore().maintenance())
            .thenApply(
                done ->
                    () ->
                        answer(
                            written, drains.progress(written.datastore(), written.revision()), to));
  }

  private static SetMaintenanceModeResponse answer(Written written, Progress progress, Viewer to) {
    return SetMaintenanceModeResponse.newBuilder()
        .setDatastore(ProtoDatastores.full(written.datastore()))
        .setRevision(ProtoDatastores.revision(written.revision()))
        .setPrevious(ProtoDatastores.maintenance(written.previous()))
        .setProgress(ProtoDrains.progress(progress, to))
        .build();
  }

  private MaintenanceChange change(SetMaintenanceModeRequest request) {
    var faults = new RequestFaults();
    Optional<DatastoreName> name = faults.datastoreName("datastore", request.getDatastore());
    Optional<MaintenanceMode> mode = ProtoWords.MODES.require("mode", request.getMode(), faults);
    Optional<String> message = Optional.of(request.getMessage()).filter(text -> !text.isEmpty());
    // The message is checked even if the mode is invalid, so that the caller sees all faults at
    // once.
    MaintenanceSetting.faults(mode.orElse(MaintenanceMode.OFFLINE), message)
        .forEach(fault -> faults.add(fault.property(), fault.message()));
    Optional<Instant> expectedEnd =
        request.hasExpectedEnd()
            ? faults.instant("expected_end", request.getExpectedEnd())
            : Optional.empty();
    if (mode.equals(Optional.of(MaintenanceMode.NONE)) && request.hasExpectedEnd()) {
      faults.add("expected_end", "needs a maintenance mode other than NONE");
    }
    faults.throwIfAny(refusals);
    Caller.current().require(Verb.MAINTAIN, name.orElseThrow(), refusals);
    return new MaintenanceChange(
        name.orElseThrow(),
        new MaintenanceSetting(mode.orElseThrow(), message),
        expectedEnd,
        Optional.of(Caller.current().identity()),
        etag(request.getEtag()));
  }

  private static Optional<Etag> etag(String text) {
    return Optional.of(text).filter(etag -> !etag.isEmpty()).map(Etag::new);
  }
}
