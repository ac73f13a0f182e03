package io.datastored.service.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.daemon.GrpcCleanup;
import io.datastored.daemon.InProcessDaemon;
import io.datastored.service.wire.CaughtRefusal;
import io.datastored.v1.DatastoreConfigServiceGrpc;
import io.datastored.v1.DatastoreConfigServiceGrpc.DatastoreConfigServiceBlockingStub;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DatastoreServiceGrpc.DatastoreServiceBlockingStub;
import io.datastored.v1.DeleteDatastoreRequest;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MaintenanceServiceGrpc;
import io.datastored.v1.OpenSessionRequest;
import io.datastored.v1.Operation;
import io.datastored.v1.ReleaseRequest;
import io.datastored.v1.SessionServiceGrpc;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.SetMaintenanceModeResponse;
import io.grpc.Status.Code;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

final class DeleteDatastoreTest {
  private static final MaintenanceMode DELETE = MaintenanceMode.MAINTENANCE_MODE_DELETE;

  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();
  @TempDir Path directory;

  private InProcessDaemon daemon;
  private DatastoreConfigServiceBlockingStub config;
  private DatastoreServiceBlockingStub datastores;
  private Path base;

  @BeforeEach
  void start() throws Exception {
    base = Files.createDirectory(directory.resolve("base"));
    Files.writeString(base.resolve("chunk"), "precious");
    daemon = InProcessDaemon.start(cleanup, directory, "datastore: main\n\tpath " + base + "\n");
    config = DatastoreConfigServiceGrpc.newBlockingStub(daemon.channel());
    datastores = DatastoreServiceGrpc.newBlockingStub(daemon.channel());
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  @Test
  void delete_inModeDeleteAndDrained_removesTheSectionAndNothingElse() throws Exception {
    set(DELETE);

    long generation = config.deleteDatastore(main().build()).getRevision().getGeneration();

    assertThat(generation).isEqualTo(daemon.engine().snapshot().revision().generation().value());
    assertThat(daemon.engine().snapshot().find(new DatastoreName("main"))).isEmpty();
    assertThat(Files.readString(daemon.configFile())).doesNotContain("main");
    assertThat(Files.readString(base.resolve("chunk"))).isEqualTo("precious");
  }

  @Test
  void delete_notInModeDelete_isRefused() {
    set(MaintenanceMode.MAINTENANCE_MODE_OFFLINE);

    CaughtRefusal refusal = CaughtRefusal.of(() -> config.deleteDatastore(main().build()));

    assertThat(refusal.code()).isEqualTo(Code.FAILED_PRECONDITION);
    assertThat(refusal.reason()).isEqualTo("DATASTORE_IN_USE");
    assertThat(refusal.info().getMetadataMap())
        .containsEntry("datastore", "main")
        .containsEntry("operations", "")
        .containsEntry("sessions", "");
  }

  @Test
  void delete_leaseIsHeld_isRefusedUntilItIsReleased() {
    String lease =
        datastores
            .lookup(
                LookupRequest.newBuilder()
                    .setDatastore("main")
                    .setOperation(Operation.OPERATION_READ)
                    .build())
            .getLease()
            .getLeaseId();
    set(DELETE);

    CaughtRefusal refusal = CaughtRefusal.of(() -> config.deleteDatastore(main().build()));

    assertThat(refusal.reason()).isEqualTo("DATASTORE_IN_USE");
    assertThat(refusal.info().getMetadataMap())
        .containsEntry("operations", "1")
        .containsEntry("sessions", "0");
    datastores.release(ReleaseRequest.newBuilder().setLeaseId(lease).build());
    config.deleteDatastore(main().build());
  }

  @Test
  void delete_cachingSessionIsBehind_isRefused() {
    var unused =
        SessionServiceGrpc.newBlockingStub(daemon.channel())
            .openSession(OpenSessionRequest.newBuilder().setCaches(true).build());
    set(DELETE);

    CaughtRefusal refusal = CaughtRefusal.of(() -> config.deleteDatastore(main().build()));

    assertThat(refusal.reason()).isEqualTo("DATASTORE_IN_USE");
    assertThat(refusal.info().getMetadataMap())
        .containsEntry("operations", "0")
        .containsEntry("sessions", "1");
  }

  @Test
  void delete_validateOnly_removesNothing() {
    set(DELETE);

    config.deleteDatastore(main().setValidateOnly(true).build());

    assertThat(daemon.engine().snapshot().find(new DatastoreName("main"))).isPresent();
  }

  @Test
  void delete_oldEtag_isRefused() {
    String etag = set(MaintenanceMode.MAINTENANCE_MODE_OFFLINE).getDatastore().getEtag();
    set(DELETE);

    assertThat(
            CaughtRefusal.of(() -> config.deleteDatastore(main().setEtag(etag).build())).reason())
        .isEqualTo("ETAG_MISMATCH");
  }

  @Test
  void delete_missing_isAnErrorUnlessItIsAllowed() {
    DeleteDatastoreRequest.Builder missing = DeleteDatastoreRequest.newBuilder().setName("other");

    assertThat(CaughtRefusal.of(() -> config.deleteDatastore(missing.build())).reason())
        .isEqualTo("DATASTORE_NOT_FOUND");
    assertThat(
            config
                .deleteDatastore(missing.setAllowMissing(true).build())
                .getRevision()
                .getGeneration())
        .isPositive();
    assertThat(
            CaughtRefusal.of(
                    () -> config.deleteDatastore(DeleteDatastoreRequest.getDefaultInstance()))
                .faultyFields())
        .containsExactly("name");
  }

  private static DeleteDatastoreRequest.Builder main() {
    return DeleteDatastoreRequest.newBuilder().setName("main");
  }

  private SetMaintenanceModeResponse set(MaintenanceMode mode) {
    return MaintenanceServiceGrpc.newBlockingStub(daemon.channel())
        .setMaintenanceMode(
            SetMaintenanceModeRequest.newBuilder().setDatastore("main").setMode(mode).build());
  }
}
