package io.datastored.service;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.drain.Conflicts;
import io.datastored.drain.InTheWay;
import io.datastored.engine.Engine;
import io.datastored.engine.Engine.Intent;
import io.datastored.engine.Etag;
import io.datastored.engine.MaintenanceChange;
import io.datastored.engine.WriteOutcome;
import io.datastored.engine.WriteOutcome.Rejected;
import io.datastored.engine.WriteOutcome.Written;
import io.datastored.v1.MaintenanceServiceGrpc.MaintenanceServiceImplBase;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.SetMaintenanceModeResponse;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.Optional;

/**
 * The calls of MaintenanceService. Thread-safe: immutable. Drain comes later and answers
 * UNIMPLEMENTED.
 */
final class MaintenanceCalls extends MaintenanceServiceImplBase {
  private final Engine engine;
  private final Conflicts conflicts;
  private final Refusals refusals;
  private final BlockingCalls blocking;

  MaintenanceCalls(Engine engine, Conflicts conflicts, Refusals refusals, BlockingCalls blocking) {
    this.engine = engine;
    this.conflicts = conflicts;
    this.refusals = refusals;
    this.blocking = blocking;
  }

  @Override
  public void setMaintenanceMode(
      SetMaintenanceModeRequest request, StreamObserver<SetMaintenanceModeResponse> observer) {
    blocking.answer(observer, () -> set(request));
  }

  private SetMaintenanceModeResponse set(SetMaintenanceModeRequest request) {
    MaintenanceChange change = change(request);
    Intent intent = request.getValidateOnly() ? Intent.VALIDATE_ONLY : Intent.COMMIT;
    WriteOutcome outcome = engine.setMaintenance(change, intent);
    if (outcome instanceof Rejected rejected) {
      throw refusals.of(rejected);
    }
    Written written = (Written) outcome;
    // Counted after the mode is committed: whoever is not in these counts will see the mode. The
    // other way
    // round an operation that begins in between would be in nobody's list.
    InTheWay inTheWay = conflicts.with(change.name(), change.setting().mode());
    return SetMaintenanceModeResponse.newBuilder()
        .setDatastore(ProtoDatastores.full(written.datastore()))
        .setRevision(ProtoDatastores.revision(written.revision()))
        .setPrevious(ProtoDatastores.maintenance(written.previous()))
        .setProgress(ProtoDrains.progress(inTheWay))
        .build();
  }

  private MaintenanceChange change(SetMaintenanceModeRequest request) {
    var faults = new RequestFaults();
    Optional<DatastoreName> name = faults.datastoreName("datastore", request.getDatastore());
    Optional<MaintenanceMode> mode = new ProtoWords(faults).read("mode", request.getMode());
    Optional<String> message = Optional.of(request.getMessage()).filter(text -> !text.isEmpty());
    // A message is checked beside a mode that is wrong too, so that a caller learns all at once.
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
    return new MaintenanceChange(
        name.orElseThrow(),
        new MaintenanceSetting(mode.orElseThrow(), message),
        expectedEnd,
        Optional.of(Caller.current().identity()),
        Optional.of(request.getEtag()).filter(etag -> !etag.isEmpty()).map(Etag::new));
  }
}
