package io.datastored.service.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.daemon.GrpcCleanup;
import io.datastored.daemon.InProcessDaemon;
import io.datastored.service.wire.CaughtRefusal;
import io.datastored.testkit.LoggedLines;
import io.datastored.v1.CreateDatastoreRequest;
import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreConfigServiceGrpc;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DatastoreSettings;
import io.datastored.v1.DeleteDatastoreRequest;
import io.datastored.v1.DrainRequest;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MaintenanceServiceGrpc;
import io.datastored.v1.Operation;
import io.datastored.v1.SetMaintenanceModeRequest;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

final class AuditLogTest {
  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();
  @TempDir Path directory;
  private InProcessDaemon daemon;
  private LoggedLines lines;

  @BeforeEach
  void start() throws Exception {
    daemon =
        InProcessDaemon.start(cleanup, directory, "datastore: main\n\tpath " + directory + "\n");
    lines = LoggedLines.of(AuditLog.class);
  }

  @AfterEach
  void stop() {
    lines.close();
    daemon.close();
  }

  @Test
  void setMode_tellsWhoFromToAndRevision() {
    set("main", MaintenanceMode.MAINTENANCE_MODE_OFFLINE);

    assertThat(lines.lines())
        .singleElement()
        .asString()
        .matches(
            "maintenance mode changed"
                + " who=.+ datastore=main from=none to=offline message=disk swap revision=.+");
    assertThat(lines.lines())
        .singleElement()
        .asString()
        .containsPattern(" request_id=[0-9a-f]{16} ");
  }

  @Test
  void setMode_validateOnlyOrRefused_tellsNothing() {
    var unused =
        MaintenanceServiceGrpc.newBlockingStub(daemon.channel())
            .setMaintenanceMode(
                SetMaintenanceModeRequest.newBuilder()
                    .setDatastore("main")
                    .setMode(MaintenanceMode.MAINTENANCE_MODE_OFFLINE)
                    .setValidateOnly(true)
                    .build());
    assertThat(
            CaughtRefusal.of(() -> set("other", MaintenanceMode.MAINTENANCE_MODE_OFFLINE)).reason())
        .isEqualTo("DATASTORE_NOT_FOUND");
    assertThat(lines.lines()).isEmpty();
  }

  @Test
  void force_tellsWhoAndWhat() {
    var unused =
        DatastoreServiceGrpc.newBlockingStub(daemon.channel())
            .lookup(
                LookupRequest.newBuilder()
                    .setDatastore("main")
                    .setOperation(Operation.OPERATION_WRITE)
                    .build());
    set("main", MaintenanceMode.MAINTENANCE_MODE_OFFLINE);
    var first =
        MaintenanceServiceGrpc.newBlockingStub(daemon.channel())
            .drain(DrainRequest.newBuilder().setDatastore("main").setForce(true).build())
            .next();
    assertThat(first.getProgress().getForcedLeases()).isEqualTo(1);

    assertThat(lines.lines())
        .last()
        .asString()
        .matches(
            "conflicting leases were revoked \\(drain with force\\) who=.+ datastore=main mode=offline");
    daemon.close();
  }

  @Test
  void sections_createdAndRemoved_areTold() {
    var config = DatastoreConfigServiceGrpc.newBlockingStub(daemon.channel());
    var created =
        config.createDatastore(
            CreateDatastoreRequest.newBuilder()
                .setDatastore(
                    Datastore.newBuilder()
                        .setName("new")
                        .setSettings(DatastoreSettings.newBuilder().setPath("/srv/new")))
                .build());
    assertThat(created.hasRevision()).isTrue();
    set("new", MaintenanceMode.MAINTENANCE_MODE_DELETE);
    var deleted =
        config.deleteDatastore(DeleteDatastoreRequest.newBuilder().setName("new").build());
    assertThat(deleted.hasRevision()).isTrue();

    assertThat(lines.lines()).hasSize(3);
    assertThat(lines.lines().get(0)).matches("datastore created who=.+ datastore=new revision=.+");
    assertThat(lines.lines().get(2)).matches("datastore removed who=.+ datastore=new revision=.+");
  }

  private void set(String datastore, MaintenanceMode mode) {
    var unused =
        MaintenanceServiceGrpc.newBlockingStub(daemon.channel())
            .setMaintenanceMode(
                SetMaintenanceModeRequest.newBuilder()
                    .setDatastore(datastore)
                    .setMode(mode)
                    .setMessage("disk swap")
                    .build());
  }
}
