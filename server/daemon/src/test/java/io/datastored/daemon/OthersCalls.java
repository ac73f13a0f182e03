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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Others' calls are what a server is asked beside the datastore {@code hung}, each with a deadline.
 * Confined to one test.
 */
record OthersCalls(Channel channel) {

  /** How long a server may take to stop. */
  static final long GRACE_SECONDS = 5;

  /** How many datastores there are beside the hung one, named {@code other0} and so on. */
  private static final int OTHERS = 10;

  /** What one call may take on a busy machine; one that waits for a hung file system takes more. */
  private static final long CALL_SECONDS = 20;

  /** Starts a server of all of them. */
  static ServerProcess serve(Path directory, Path hung) throws IOException {
    StringBuilder config = new StringBuilder("datastore: hung\n\tpath " + hung + "\n");
    for (int i = 0; i < OTHERS; i++) {
      Path other = Files.createDirectory(directory.resolve("other" + i));
      Path unused = Files.createFile(other.resolve(".lock"));
      config.append("\ndatastore: other%d\n\tpath %s\n".formatted(i, other));
    }
    Files.writeString(directory.resolve("datastore.cfg"), config);
    return ServerProcess.start(
        directory, List.of(), "--grace=" + GRACE_SECONDS + "s", "--base-path-wait=200ms");
  }

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
    for (int i = 0; i < OTHERS; i++) {
      release(lookup("other" + i));
    }
    set("other0", MaintenanceMode.MAINTENANCE_MODE_UNMOUNT);
    assertThat(drain("other0")).isEqualTo(DrainState.DRAIN_STATE_DRAINED);
    set("other0", MaintenanceMode.MAINTENANCE_MODE_NONE);
    set("hung", MaintenanceMode.MAINTENANCE_MODE_READ_ONLY);
    set("hung", MaintenanceMode.MAINTENANCE_MODE_NONE);
    assertThat(datastores().status(StatusRequest.getDefaultInstance()).getDatastoresCount())
        .isEqualTo(OTHERS + 1);
  }
}
