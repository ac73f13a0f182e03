package io.datastored.client.fake;

import io.datastored.v1.CloseSessionRequest;
import io.datastored.v1.CloseSessionResponse;
import io.datastored.v1.CreateDatastoreRequest;
import io.datastored.v1.CreateDatastoreResponse;
import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreConfigServiceGrpc.DatastoreConfigServiceImplBase;
import io.datastored.v1.DatastoreServiceGrpc.DatastoreServiceImplBase;
import io.datastored.v1.DeleteDatastoreRequest;
import io.datastored.v1.DeleteDatastoreResponse;
import io.datastored.v1.HeldLease;
import io.datastored.v1.KeepAliveRequest;
import io.datastored.v1.KeepAliveResponse;
import io.datastored.v1.ListLeasesRequest;
import io.datastored.v1.ListLeasesResponse;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.Maintenance;
import io.datastored.v1.MaintenanceServiceGrpc.MaintenanceServiceImplBase;
import io.datastored.v1.MountState;
import io.datastored.v1.OpenSessionRequest;
import io.datastored.v1.OpenSessionResponse;
import io.datastored.v1.ReleaseRequest;
import io.datastored.v1.ReleaseResponse;
import io.datastored.v1.SessionServiceGrpc.SessionServiceImplBase;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.SetMaintenanceModeResponse;
import io.datastored.v1.UpdateDatastoreRequest;
import io.datastored.v1.UpdateDatastoreResponse;
import io.datastored.v1.WatchGenerationRequest;
import io.datastored.v1.WatchGenerationResponse;
import io.grpc.BindableService;
import io.grpc.stub.StreamObserver;
import java.util.List;

/**
 * Fake services are the gRPC services of the fake server, which answer from a fake world. Guarded
 * by the world.
 */
final class FakeServices {

  private final FakeWorld world;
  private final FakeWatches watches;
  private final FakeScript script;

  FakeServices(FakeWorld world, FakeWatches watches, FakeScript script) {
    this.world = world;
    this.watches = watches;
    this.script = script;
  }

  List<BindableService> all() {
    return List.of(new Datastores(), new Sessions(), new Maintenances(), new Configurations());
  }

  private final class Datastores extends DatastoreServiceImplBase {
    @Override
    public void lookup(LookupRequest request, StreamObserver<LookupResponse> out) {
      script.answer("Lookup", out, () -> world.lookup(request));
    }

    @Override
    public void release(ReleaseRequest request, StreamObserver<ReleaseResponse> out) {
      script.answer(
          "Release",
          out,
          () -> {
            boolean released = world.leases.remove(request.getLeaseId()) != null;
            world.ended.remove(request.getLeaseId());
            world.granted.remove(request.getLeaseId());
            return ReleaseResponse.newBuilder().setReleased(released).build();
          });
    }

    @Override
    public void watchGeneration(
        WatchGenerationRequest request, StreamObserver<WatchGenerationResponse> out) {
      script.open("WatchGeneration", out, () -> watches.open(request, out));
    }
  }

  private final class Sessions extends SessionServiceImplBase {
    @Override
    public void openSession(OpenSessionRequest request, StreamObserver<OpenSessionResponse> out) {
      script.answer(
          "OpenSession",
          out,
          () -> {
            long ttl = script.ttlNanos().orElse(FakeDatastored.nanos(request.getTtl()));
            String id = world.given(request.getSessionId());
            world.sessions.put(
                id, new FakeWorld.Session(ttl, request.getCaches(), world.now() + ttl));
            return OpenSessionResponse.newBuilder()
                .setSessionId(id)
                .setTtl(FakeDatastored.wire(ttl))
                .setRevision(world.revision())
                .setRecovering(world.recovering)
                .build();
          });
    }

    @Override
    public void keepAlive(KeepAliveRequest request, StreamObserver<KeepAliveResponse> out) {
      script.answer(
          "KeepAlive",
          out,
          () -> {
            String id = request.getSessionId();
            FakeWorld.Session session = world.session(id);
            session.deadline = world.now() + session.ttl;
            if (request.hasApplied()) {
              session.applied = java.util.Optional.of(request.getApplied());
            }
            var answer =
                KeepAliveResponse.newBuilder()
                    .setTtl(FakeDatastored.wire(session.ttl))
                    .setRevision(world.revision())
                    .setLeases(
                        world.leases.values().stream()
                            .filter(lease -> lease.session().equals(id))
                            .count());
            world.ended.values().stream()
                .filter(lease -> lease.session().equals(id))
                .forEach(lease -> answer.addEndedLeaseIds(lease.id()));
            return answer.build();
          });
    }

    @Override
    public void closeSession(
        CloseSessionRequest request, StreamObserver<CloseSessionResponse> out) {
      script.answer(
          "CloseSession",
          out,
          () -> {
            boolean closed = world.sessions.containsKey(request.getSessionId());
            world.endSession(request.getSessionId());
            return CloseSessionResponse.newBuilder().setClosed(closed).build();
          });
    }

    @Override
    public void listLeases(ListLeasesRequest request, StreamObserver<ListLeasesResponse> out) {
      script.answer(
          "ListLeases",
          out,
          () -> {
            var answer = ListLeasesResponse.newBuilder();
            world.leases.values().stream()
                .filter(lease -> lease.session().equals(request.getSessionId()))
                .forEach(
                    lease ->
                        answer.addLeases(HeldLease.newBuilder().setLease(FakeWorld.wire(lease))));
            return answer.build();
          });
    }
  }

  private final class Maintenances extends MaintenanceServiceImplBase {
    @Override
    public void setMaintenanceMode(
        SetMaintenanceModeRequest request, StreamObserver<SetMaintenanceModeResponse> out) {
      script.answer(
          "SetMaintenanceMode",
          out,
          () -> {
            Datastore before = find(request.getDatastore());
            Maintenance.Builder maintenance =
                Maintenance.newBuilder()
                    .setMode(request.getMode())
                    .setMessage(request.getMessage());
            if (request.hasExpectedEnd()) {
              maintenance.setExpectedEnd(request.getExpectedEnd());
            }
            var answer =
                SetMaintenanceModeResponse.newBuilder().setPrevious(before.getMaintenance());
            if (!request.getValidateOnly()) {
              commit(before.toBuilder().setMaintenance(maintenance).build());
            }
            return answer
                .setDatastore(find(request.getDatastore()))
                .setRevision(world.revision())
                .build();
          });
    }
  }

  private final class Configurations extends DatastoreConfigServiceImplBase {
    @Override
    public void createDatastore(
        CreateDatastoreRequest request, StreamObserver<CreateDatastoreResponse> out) {
      script.answer(
          "CreateDatastore",
          out,
          () -> {
            Datastore created =
                commit(
                    request.getDatastore().toBuilder()
                        .setMaintenance(FakeDatastored.IN_SERVICE)
                        .setMountState(MountState.MOUNT_STATE_NOT_REMOVABLE)
                        .build());
            return CreateDatastoreResponse.newBuilder()
                .setDatastore(created)
                .setRevision(world.revision())
                .build();
          });
    }

    @Override
    public void updateDatastore(
        UpdateDatastoreRequest request, StreamObserver<UpdateDatastoreResponse> out) {
      script.answer(
          "UpdateDatastore",
          out,
          () -> {
            Datastore before = find(request.getDatastore().getName());
            Datastore updated =
                commit(
                    before.toBuilder()
                        .setSettings(
                            before.getSettings().toBuilder()
                                .mergeFrom(request.getDatastore().getSettings()))
                        .build());
            return UpdateDatastoreResponse.newBuilder()
                .setDatastore(updated)
                .setRevision(world.revision())
                .build();
          });
    }

    @Override
    public void deleteDatastore(
        DeleteDatastoreRequest request, StreamObserver<DeleteDatastoreResponse> out) {
      script.answer(
          "DeleteDatastore",
          out,
          () -> {
            Datastore gone = find(request.getName());
            world.commitRemoval(gone.getName());
            watches.changed(gone.getName());
            return DeleteDatastoreResponse.newBuilder().setRevision(world.revision()).build();
          });
    }
  }

  private Datastore find(String name) {
    Datastore found = world.datastores.get(name);
    if (found == null) {
      throw FakeRefusals.notFound(name, world.generation);
    }
    return found;
  }

  private Datastore commit(Datastore datastore) {
    Datastore committed = world.commit(datastore);
    watches.changed(committed.getName());
    return committed;
  }
}
