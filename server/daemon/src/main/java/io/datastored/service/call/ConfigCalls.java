package io.datastored.service.call;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Lists;
import io.datastored.config.DatastoreName;
import io.datastored.config.DatastoreSettings;
import io.datastored.drain.NeighbourManner;
import io.datastored.engine.Engine;
import io.datastored.engine.Engine.Intent;
import io.datastored.engine.WriteOutcome;
import io.datastored.engine.WriteOutcome.Rejected;
import io.datastored.engine.WriteOutcome.Written;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Etag;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.file.StoreException;
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
  private final Refusals refusals;
  private final BlockingCalls blocking;

  public ConfigCalls(Engine engine, Removals removals, Refusals refusals, BlockingCalls blocking) {
    this.engine = engine;
    this.removals = removals;
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
    blocking.answer(observer, () -> get(request));
  }

  @Override
  public void listDatastores(
      ListDatastoresRequest request, StreamObserver<ListDatastoresResponse> observer) {
    blocking.answer(observer, () -> list(request));
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
    Intent intent = CallIntent.of(request.getValidateOnly());
    Written written = written(engine.create(name.orElseThrow(), settings, intent));
    if (intent.commits()) {
      AuditLog.written(name.orElseThrow(), "created", written.revision(), Caller.current());
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
    Snapshot snapshot = fresh();
    Datastore datastore = snapshot.find(name).orElseThrow(() -> refusals.missing(name, snapshot));
    return GetDatastoreResponse.newBuilder()
        .setDatastore(ProtoDatastores.full(datastore))
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
    Snapshot snapshot = fresh();
    var page =
        new Page<io.datastored.v1.Datastore>(
            ListDatastoresResponse.DATASTORES_FIELD_NUMBER, size, 0);
    List<DatastoreName> names =
        ByName.after(token, Lists.transform(snapshot.byName(), Datastore::name));
    int taken = 0;
    while (taken < names.size() && page.add(listed(snapshot, names.get(taken), view))) {
      taken++;
    }
    var response =
        ListDatastoresResponse.newBuilder()
            .addAllDatastores(page.entries())
            .setRevision(ProtoDatastores.revision(snapshot.revision()));
    if (token.isEmpty()) {
      response.addAllUnreadable(unreadable(snapshot));
    }
    if (taken < names.size()) {
      var next = new PageToken(Listing.DATASTORES, names.get(taken - 1).value());
      response.setNextPageToken(next.encode());
    }
    return response.build();
  }

  private static ImmutableList<UnreadableDatastore> unreadable(Snapshot snapshot) {
    return snapshot.sectionFaults().entrySet().stream()
        .filter(entry -> snapshot.find(entry.getKey()).isEmpty())
        .sorted(Map.Entry.comparingByKey())
        .limit(MOST_UNREADABLE)
        .map(
            entry ->
                UnreadableDatastore.newBuilder()
                    .setName(entry.getKey().value())
                    .setFault(ProtoFaults.of(entry.getValue()))
                    .build())
        .collect(ImmutableList.toImmutableList());
  }

  private static io.datastored.v1.Datastore listed(
      Snapshot snapshot, DatastoreName name, View view) {
    return ProtoDatastores.of(snapshot.find(name).orElseThrow(), view);
  }

  private UpdateDatastoreResponse update(UpdateDatastoreRequest request) {
    var faults = new RequestFaults();
    var wanted = request.getDatastore();
    Optional<DatastoreName> name = faults.datastoreName("datastore.name", wanted.getName());
    SettingsMask mask = SettingsMask.read(request.getUpdateMask(), wanted.getSettings(), faults);
    faults.throwIfAny(refusals);
    Optional<Etag> expected =
        Optional.of(wanted.getEtag()).filter(etag -> !etag.isEmpty()).map(Etag::new);
    Intent intent = CallIntent.of(request.getValidateOnly());
    Optional<Etag> before = engine.snapshot().find(name.orElseThrow()).map(Datastore::etag);
    Written written =
        written(
            engine.update(name.orElseThrow(), expected, present -> edit(present, mask), intent));
    if (intent.commits() && !before.equals(Optional.of(written.datastore().etag()))) {
      AuditLog.written(name.orElseThrow(), "changed", written.revision(), Caller.current());
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
    Optional<Etag> expected =
        Optional.of(request.getEtag()).filter(etag -> !etag.isEmpty()).map(Etag::new);
    Removal removal =
        removals.remove(
            name.orElseThrow(),
            expected,
            request.getAllowMissing() ? Missing.ALLOWED : Missing.REFUSED,
            request.getIgnorePbs() ? NeighbourManner.IGNORE : NeighbourManner.WAIT,
            CallIntent.of(request.getValidateOnly()));
    return DeleteDatastoreResponse.newBuilder()
        .setRevision(ProtoDatastores.revision(removal.revision()))
        .setPbsIgnored(removal.ignoredNeighbours())
        .build();
  }

  /** A snapshot that includes everything other processes committed before this call arrived. */
  private Snapshot fresh() {
    try {
      return engine.freshSnapshot();
    } catch (StoreException e) {
      throw refusals.notReady(e.getMessage());
    }
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

  private Written written(WriteOutcome outcome) {
    if (outcome instanceof Rejected rejected) {
      throw refusals.of(rejected);
    }
    return (Written) outcome;
  }
}
