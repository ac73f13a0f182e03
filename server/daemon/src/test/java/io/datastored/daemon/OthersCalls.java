package io.datastored.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DatastoreServiceGrpc.DatastoreServiceBlockingStub;
import io.datastored.v1.DatastoreStatus;
import io.datastored.v1.DrainRequest;
import io.datastored.v1.DrainResponse;
import io.datastored.v1.DrainState;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MaintenanceServiceGrpc;
import io.datastored.v1.MaintenanceServiceGrpc.MaintenanceServiceBlockingStub;
import io.datastored.v1.Operation;
import io.datastored.v1.ReleaseRequest;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.StatusRequest;
import io.grpc.Channel;
import java.util.concurrent.TimeUnit;

/**
 * Others' calls are what a server is asked beside the datastore {@code hung}, each with a deadline.
 * Confined to one test.
 *
 * @param others how many datastores there are beside it, named {@code other0} and so on
 */
record OthersCalls(Channel channel, int others) {

  /** What one call may take on a busy machine; one that waits for a hung file system takes more. */
  private static final long CALL_SECONDS = 20;

  private DatastoreServiceBlockingStub datastores() {
    return DatastoreServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS);
  }

  private MaintenanceServiceBlockingStub maintenance() {
    return MaintenanceServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS);
  }

  DatastoreStatus status(String datastore) {
    return datastores()
        .status(StatusRequest.newBuilder().setDatastore(datastore).build())
        .getDatastores(0);
  }

  /** A lease to write. */
  String lookup(String datastore) {
    return datastores()
        .lookup(
            LookupRequest.newBuilder()
                .setDatastore(datastore)
                .setOperation(Operation.OPERATION_WRITE)
                .build())
        .getLease()
        .getLeaseId();
  }

  void release(String lease) {
    var unused = datastores().release(ReleaseRequest.newBuilder().setLeaseId(lease).build());
  }

  void set(String datastore, MaintenanceMode mode) {
    var unused =
        maintenance()
            .setMaintenanceMode(
                SetMaintenanceModeRequest.newBuilder()
                    .setDatastore(datastore)
                    .setMode(mode)
                    .build());
  }

  /** What a drain of at most a second and a half comes to. */
  DrainState drain(String datastore) {
    var answers =
        maintenance()
            .drain(
                DrainRequest.newBuilder()
                    .setDatastore(datastore)
                    .setTimeout(
                        com.google.protobuf.Duration.newBuilder()
                            .setSeconds(1)
                            .setNanos(500_000_000))
                    .build());
    DrainState last = DrainState.DRAIN_STATE_UNSPECIFIED;
    while (answers.hasNext()) {
      DrainResponse answer = answers.next();
      last = answer.getState();
    }
    return last;
  }

  /** Lookups, a mode, a drain of it and Status of the others, and a mode of the hung one. */
  void serveOthers() {
    for (int i = 0; i < others; i++) {
      release(lookup("other" + i));
    }
    set("other0", MaintenanceMode.MAINTENANCE_MODE_UNMOUNT);
    assertThat(drain("other0")).isEqualTo(DrainState.DRAIN_STATE_DRAINED);
    set("other0", MaintenanceMode.MAINTENANCE_MODE_NONE);
    set("hung", MaintenanceMode.MAINTENANCE_MODE_READ_ONLY);
    set("hung", MaintenanceMode.MAINTENANCE_MODE_NONE);
    assertThat(datastores().status(StatusRequest.getDefaultInstance()).getDatastoresCount())
        .isEqualTo(others + 1);
  }
}
