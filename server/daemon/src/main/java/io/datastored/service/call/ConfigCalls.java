package io.datastored.service.call;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Lists;
import io.datastored.access.AuditEvent;
import io.datastored.access.Rights;
import io.datastored.access.Verb;
import io.datastored.config.DatastoreName;
import io.datastored.config.DatastoreSettings;
import io.datastored.drain.NeighbourManner;
import io.datastored.engine.Engine;
import io.datastored.engine.Intent;
import io.datastored.engine.WriteOutcome;
import io.datastored.engine.WriteOutcome.Rejected;
import io.datastored.engine.WriteOutcome.Written;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Etag;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.service.call.AuditLog.Origin;
import io.datastored.service.call.Removals.Missing;
import io.datastored.service.call.Removals.Removal;
import io.datastored.service.wire.BlockingCalls;
import io.datastored.service.wire.Caller;
import io.datastored.service.wire.PageToken;
import io.datastored.service.wire.PageToken.Listing;
import io.datastored.service.wire.ProtoDatastores;
import io.datastored.service.wire.ProtoFaults;
import io.datastored.service.wire.ProtoSettings;
import io.datastored.service.wire.Refusals;
import io.datastored.service.wire.RequestFaults;
import io.datastored.service.wire.SettingsMask;
import io.datastored.v1.CreateDatastoreRequest;
import io.datastored.v1.CreateDatastoreResponse;
import io.datastored.v1.DatastoreConfigServiceGrpc.DatastoreConfigServiceImplBase;
import io.datastored.v1.DeleteDatastoreRequest;
import io.datastored.v1.DeleteDatastoreResponse;
import io.datastored.v1.GetDatastoreRequest;
import io.datastored.v1.GetDatastoreResponse;
import io.datastored.v1.ListDatastoresRequest;
import io.datastored.v1.ListDatastoresResponse;
import io.datastored.v1.UnreadableDatastore;
import io.datastored.v1.UpdateDatastoreRequest;
import io.datastored.v1.UpdateDatastoreResponse;
import io.datastored.watch.View;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The calls of DatastoreConfigService, which read and write sections of the configuration.
 * Thread-safe: immutable.
 */
public final class ConfigCalls extends DatastoreConfigServiceImplBase {
  private static final int MOST_UNREADABLE = 100;

  private final Engine engine;
  private final Removals removals;
  private final AuditLog audit;
  private final Refusals refusals;
  private final BlockingCalls blocking;

  public ConfigCalls(
      Engine engine, Removals removals, AuditLog audit, Refusals refusals, BlockingCalls blocking) {
    this.engine = engine;
    this.removals = removals;
    this.audit = audit;
    this.refusals = refusals;
    this.blocking = blocking;
  }

  @Override
  public void createDatastore(
      CreateDatastoreRequest request, StreamObserver<CreateDatastoreResponse> observer) {
    blocking.answer(observer, () -> create(request));
  }

  @Override
  public void getDatastore(
      GetDatastoreRequest request, StreamObserver<GetDatastoreResponse> observer) {
    blocking.answerLarge(observer, () -> get(request));
  }

  @Override
  public void listDatastores(
      ListDatastoresRequest request, StreamObserver<ListDatastoresResponse> observer) {
    blocking.answerLarge(observer, () -> list(request));
  }

  @Override
  public void updateDatastore(
      UpdateDatastoreRequest request, StreamObserver<UpdateDatastoreResponse> observer) {
    blocking.answer(observer, () -> update(request));
  }

  @Override
  public void deleteDatastore(
      DeleteDatastoreRequest request, StreamObserver<DeleteDatastoreResponse> observer) {
    blocking.answer(observer, () -> delete(request));
  }

  private CreateDatastoreResponse create(CreateDatastoreRequest request) {
    var faults = new RequestFaults();
    var wanted = request.getDatastore();
    Optional<DatastoreName> name = faults.datastoreName("datastore.name", wanted.getName());
    DatastoreSettings settings =
        ProtoSettings.read(wanted.getSettings(), "datastore.settings", faults);
    refuseServersFields(wanted, faults);
    if (!wanted.getEtag().isEmpty()) {
      faults.add("datastore.etag", "is not for a datastore that is not there yet");
    }
    faults.throwIfAny(refusals);
    Caller.current().require(Verb.CREATE, name.orElseThrow(), refusals);
    Intent intent = CallIntent.of(request.getValidateOnly(), audit.settled());
    Written written =
        written(
            engine.create(name.orElseThrow(), settings, intent), AuditEvent.Kind.DATASTORE_CREATED);
    if (intent.commits()) {
      audit.created(written, Origin.current());
    }
    return CreateDatastoreResponse.newBuilder()
        .setDatastore(ProtoDatastores.full(written.datastore()))
        .setRevision(ProtoDatastores.revision(written.revision()))
        .build();
  }

  private GetDatastoreResponse get(GetDatastoreRequest request) {
    var faults = new RequestFaults();
    Optional<DatastoreName> asked = faults.datastoreName("name", request.getName());
    faults.throwIfAny(refusals);
    DatastoreName name = asked.orElseThrow();
    Caller caller = Caller.current();
    caller.require(Verb.SEE, name, refusals);
    Snapshot snapshot = refusals.fresh(engine);
    Datastore datastore = snapshot.find(name).orElseThrow(() -> refusals.missing(name, snapshot));
    return GetDatastoreResponse.newBuilder()
        .setDatastore(ProtoDatastores.of(datastore, View.FULL, caller.rights().role(name)))
        .setRevision(ProtoDatastores.revision(snapshot.revision()))
        .build();
  }

  private ListDatastoresResponse list(ListDatastoresRequest request) {
    var faults = new RequestFaults();
    int size = faults.pageSize("page_size", request.getPageSize());
    Optional<PageToken> token =
        faults.pageToken("page_token", Listing.DATASTORES, request.getPageToken());
    View view = ProtoDatastores.view(request.getView(), View.FULL, "view", faults);
    faults.throwIfAny(refusals);
    Caller.current().requireAny(refusals);
    Rights rights = Caller.current().rights();
    Snapshot snapshot = refusals.fresh(engine);
    var page =
        new Page<io.datastored.v1.Datastore>(
            ListDatastoresResponse.DATASTORES_FIELD_NUMBER, size, 0);
    List<DatastoreName> names =
        ByName.seenBy(
            rights, ByName.after(token, Lists.transform(snapshot.byName(), Datastore::name)));
    int taken = 0;
    while (taken < names.size() && page.add(listed(snapshot, names.get(taken), view, rights))) {
      taken++;
    }
    var response =
        ListDatastoresResponse.newBuilder()
            .addAllDatastores(page.entries())
            .setRevision(ProtoDatastores.revision(snapshot.revision()))
            .setFiltered(!rights.allowEverywhere(Verb.SEE));
    if (token.isEmpty()) {
      response.addAllUnreadable(unreadable(snapshot, rights));
    }
    if (taken < names.size()) {
      var next = new PageToken(Listing.DATASTORES, names.get(taken - 1).value());
      response.setNextPageToken(next.encode());
    }
    return response.build();
  }

  private static ImmutableList<UnreadableDatastore> unreadable(Snapshot snapshot, Rights rights) {
    return snapshot.sectionFaults().entrySet().stream()
        .filter(entry -> snapshot.find(entry.getKey()).isEmpty())
        .filter(entry -> rights.allow(Verb.SEE, entry.getKey()))
        .sorted(Map.Entry.comparingByKey())
        .limit(MOST_UNREADABLE)
        .map(
            entry ->
                UnreadableDatastore.newBuilder()
                    .setName(entry.getKey().value())
                    .setFault(
                        rights.allow(Verb.SETTINGS, entry.getKey())
                            ? ProtoFaults.of(entry.getValue())
                            : ProtoFaults.withoutSettings(ProtoFaults.of(entry.getValue())))
                    .build())
        .collect(ImmutableList.toImmutableList());
  }

  private static io.datastored.v1.Datastore listed(
      Snapshot snapshot, DatastoreName name, View view, Rights rights) {
    return ProtoDatastores.of(snapshot.find(name).orElseThrow(), view, rights.role(name));
  }

  private UpdateDatastoreResponse update(UpdateDatastoreRequest request) {
    var faults = new RequestFaults();
    var wanted = request.getDatastore();
    Optional<DatastoreName> name = faults.datastoreName("datastore.name", wanted.getName());
    SettingsMask mask = SettingsMask.read(request.getUpdateMask(), wanted.getSettings(), faults);
    faults.throwIfAny(refusals);
    Caller.current().require(Verb.CONFIGURE, name.orElseThrow(), refusals);
    Optional<Etag> expected =
        Optional.of(wanted.getEtag()).filter(etag -> !etag.isEmpty()).map(Etag::new);
    Intent intent = CallIntent.of(request.getValidateOnly(), audit.settled());
    Written written =
        written(
            engine.update(name.orElseThrow(), expected, present -> edit(present, mask), intent),
            AuditEvent.Kind.DATASTORE_CHANGED);
    if (written.changed()) {
      audit.changed(written, Origin.current());
    }
    return UpdateDatastoreResponse.newBuilder()
        .setDatastore(ProtoDatastores.full(written.datastore()))
        .setRevision(ProtoDatastores.revision(written.revision()))
        .build();
  }

  /** Applies the mask to the current settings; runs on the engine's only writer. */
  private DatastoreSettings edit(DatastoreSettings present, SettingsMask mask) {
    DatastoreSettings next = mask.apply(present);
    if (!next.backingDevice().equals(present.backingDevice())) {
      var faults = new RequestFaults();
      faults.add("datastore.settings.backing_device", "cannot be changed after creation");
      faults.throwIfAny(refusals);
    }
    return next;
  }

  private DeleteDatastoreResponse delete(DeleteDatastoreRequest request) {
    var faults = new RequestFaults();
    Optional<DatastoreName> name = faults.datastoreName("name", request.getName());
    faults.throwIfAny(refusals);
    Caller.current().require(Verb.CONFIGURE, name.orElseThrow(), refusals);
    Optional<Etag> expected =
        Optional.of(request.getEtag()).filter(etag -> !etag.isEmpty()).map(Etag::new);
    Removal removal =
        removals.remove(
            name.orElseThrow(),
            expected,
            request.getAllowMissing() ? Missing.ALLOWED : Missing.REFUSED,
            request.getIgnorePbs() ? NeighbourManner.IGNORE : NeighbourManner.WAIT,
            CallIntent.of(request.getValidateOnly(), audit.settled()));
    return DeleteDatastoreResponse.newBuilder()
        .setRevision(ProtoDatastores.revision(removal.revision()))
        .setPbsIgnored(removal.ignoredNeighbours())
        .build();
  }

  private static void refuseServersFields(io.datastored.v1.Datastore wanted, RequestFaults faults) {
    if (wanted.getGeneration() != 0) {
      faults.add("datastore.generation", "is set by the server");
    }
    if (wanted.hasMaintenance()) {
      faults.add("datastore.maintenance", "is changed by SetMaintenanceMode only");
    }
    if (wanted.getMountStateValue() != 0) {
      faults.add("datastore.mount_state", "is set by the server");
    }
  }

  private Written written(WriteOutcome outcome, AuditEvent.Kind kind) {
    if (outcome instanceof Rejected rejected) {
      audit.rejected(kind, rejected, Origin.current());
      Rights rights = Caller.current().rights();
      throw refusals.of(rejected.hiding(name -> !rights.allow(Verb.SEE, name)));
    }
    return (Written) outcome;
  }
}
