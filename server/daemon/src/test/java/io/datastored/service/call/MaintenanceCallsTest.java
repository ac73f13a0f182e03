package io.datastored.service.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.datastored.config.DatastoreName;
import io.datastored.daemon.GrpcCleanup;
import io.datastored.daemon.InProcessDaemon;
import io.datastored.engine.Handle;
import io.datastored.engine.Lookup;
import io.datastored.service.wire.CaughtRefusal;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DatastoreServiceGrpc.DatastoreServiceBlockingStub;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.Maintenance;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MaintenanceServiceGrpc;
import io.datastored.v1.MaintenanceServiceGrpc.MaintenanceServiceBlockingStub;
import io.datastored.v1.Operation;
import io.datastored.v1.OperationCounts;
import io.datastored.v1.ReleaseRequest;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.SetMaintenanceModeResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

final class MaintenanceCallsTest {
  private static final MaintenanceMode NONE = MaintenanceMode.MAINTENANCE_MODE_NONE;
  private static final MaintenanceMode READ_ONLY = MaintenanceMode.MAINTENANCE_MODE_READ_ONLY;
  private static final MaintenanceMode OFFLINE = MaintenanceMode.MAINTENANCE_MODE_OFFLINE;
  private static final String CONFIG =
      """
      datastore: main
      	path /srv/main
      """;

  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();
  @TempDir Path directory;

  private InProcessDaemon daemon;
  private MaintenanceServiceBlockingStub maintenance;
  private DatastoreServiceBlockingStub datastores;

  @BeforeEach
  void start() throws Exception {
    daemon =
        InProcessDaemon.start(
            cleanup, directory, CONFIG.replace("/srv/main", directory.toString()));
    maintenance = MaintenanceServiceGrpc.newBlockingStub(daemon.channel());
    datastores = DatastoreServiceGrpc.newBlockingStub(daemon.channel());
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  @Test
  void set_offline_refusesFromTheAnswerOn() throws IOException {
    SetMaintenanceModeResponse answer =
        maintenance.setMaintenanceMode(
            to(OFFLINE)
                .setMessage("swap, back at 18:00")
                .setExpectedEnd(Timestamp.newBuilder().setSeconds(4_102_444_800L))
                .build());

    Maintenance now = answer.getDatastore().getMaintenance();
    assertThat(now.getMode()).isEqualTo(OFFLINE);
    assertThat(now.getMessage()).isEqualTo("swap, back at 18:00");
    assertThat(now.getExpectedEnd().getSeconds()).isEqualTo(4_102_444_800L);
    assertThat(now.hasSince()).isTrue();
    assertThat(now.getSetBy()).isNotEmpty();
    assertThat(answer.getPrevious().getMode()).isEqualTo(NONE);
    assertThat(Files.readString(daemon.configFile()))
        .contains("maintenance-mode offline,message=\"swap, back at 18:00\"");
    CaughtRefusal refusal = CaughtRefusal.of(() -> lookup(Operation.OPERATION_READ));
    assertThat(refusal.info().getMetadataMap())
        .containsEntry("mode", "OFFLINE")
        .containsEntry("message", "swap, back at 18:00")
        .containsEntry("expected_end", "2100-01-01T00:00:00Z");
  }

  @Test
  void set_unknownModeAndABadMessage_tellsBoth() {
    SetMaintenanceModeRequest wrong =
        to(READ_ONLY).setModeValue(99).setMessage("x".repeat(65)).build();

    assertThat(CaughtRefusal.of(() -> maintenance.setMaintenanceMode(wrong)).faultyFields())
        .containsExactlyInAnyOrder("mode", "message");
  }

  @Test
  void set_none_clears() {
    set(READ_ONLY);

    SetMaintenanceModeResponse answer = set(NONE);

    assertThat(answer.getPrevious().getMode()).isEqualTo(READ_ONLY);
    assertThat(answer.getDatastore().getMaintenance())
        .isEqualTo(Maintenance.newBuilder().setMode(NONE).build());
    lookup(Operation.OPERATION_WRITE);
  }

  @Test
  void set_whatIsSet_changesNothing() {
    SetMaintenanceModeResponse first = set(READ_ONLY);

    SetMaintenanceModeResponse again = set(READ_ONLY);

    assertThat(again.getRevision()).isEqualTo(first.getRevision());
    assertThat(again.getDatastore()).isEqualTo(first.getDatastore());
  }

  @Test
  void set_validateOnly_tellsWhoIsInTheWayAndChangesNothing() {
    String lease = lookup(Operation.OPERATION_WRITE);

    SetMaintenanceModeResponse answer =
        maintenance.setMaintenanceMode(to(OFFLINE).setValidateOnly(true).build());

    assertThat(answer.getProgress().getOperations())
        .isEqualTo(OperationCounts.newBuilder().setWrite(1).build());
    assertThat(answer.getProgress().getLeases()).isEqualTo(1);
    assertThat(answer.getProgress().getBound().getSeconds()).isBetween(50L, 61L);
    assertThat(answer.getProgress().getBlockersList())
        .singleElement()
        .satisfies(
            blocker -> assertThat(blocker.getLease().getLease().getLeaseId()).isEqualTo(lease));
    datastores.release(ReleaseRequest.newBuilder().setLeaseId(lease).build());
    lookup(Operation.OPERATION_READ);
  }

  @Test
  void set_readOnly_readersAreNotInTheWay() {
    lookup(Operation.OPERATION_READ);

    SetMaintenanceModeResponse answer = set(READ_ONLY);

    assertThat(answer.getProgress().getOperations())
        .isEqualTo(OperationCounts.getDefaultInstance());
    assertThat(answer.getProgress().getLeases()).isZero();
    assertThat(answer.getProgress().getBound()).isEqualTo(Duration.getDefaultInstance());
  }

  @Test
  void set_localOperationInTheWay_hasNoBound() {
    try (Handle handle = begin().handle()) {
      SetMaintenanceModeResponse answer = set(READ_ONLY);

      assertThat(answer.getProgress().getOperations().getWrite()).isEqualTo(1);
      assertThat(answer.getProgress().getLeases()).isZero();
      assertThat(answer.getProgress().hasBound()).isFalse();
      assertThat(handle.datastore().name().value()).isEqualTo("main");
    }
  }

  @Test
  void set_whatIsInTheWay_isCountedAfterTheCommit() throws Exception {
    List<Handle> letIn = new ArrayList<>();
    var first = new CountDownLatch(1);
    // Operations begin until the mode refuses them, and none ends.
    Thread beginning =
        new Thread(
            () -> {
              while (!Thread.interrupted() && begin() instanceof Handle handle) {
                letIn.add(handle);
                first.countDown();
                LockSupport.parkNanos(20_000);
              }
            });
    beginning.start();
    try {
      first.await();

      SetMaintenanceModeResponse answer = set(READ_ONLY);

      beginning.join();
      // One more may have been counted for the moment in which it was refused.
      assertThat(answer.getProgress().getOperations().getWrite())
          .isBetween((long) letIn.size(), letIn.size() + 1L);
    } finally {
      beginning.interrupt();
      beginning.join();
      letIn.forEach(Handle::close);
    }
  }

  private Lookup begin() {
    return daemon
        .engine()
        .lookup(new DatastoreName("main"), io.datastored.operation.Operation.WRITE);
  }

  @Test
  void set_etag_mustHold() {
    String etag = set(READ_ONLY).getDatastore().getEtag();
    set(OFFLINE);

    CaughtRefusal abort =
        CaughtRefusal.of(() -> maintenance.setMaintenanceMode(to(NONE).setEtag(etag).build()));

    assertThat(abort.reason()).isEqualTo("ETAG_MISMATCH");
    assertThat(CaughtRefusal.of(() -> lookup(Operation.OPERATION_READ)).reason())
        .isEqualTo("UNDER_MAINTENANCE");
  }

  @Test
  void set_delete_canOnlyStay() {
    maintenance.setMaintenanceMode(
        to(MaintenanceMode.MAINTENANCE_MODE_DELETE).setMessage("no longer needed").build());

    CaughtRefusal refusal = CaughtRefusal.of(() -> set(NONE));

    assertThat(refusal.reason()).isEqualTo("MODE_CHANGE_REFUSED");
    assertThat(refusal.info().getMetadataMap())
        .containsEntry("datastore", "main")
        .containsEntry("mode", "DELETE")
        .containsEntry("message", "no longer needed")
        .containsKeys("since", "set_by", "etag");
  }

  @Test
  void set_deleteIsLeft_byWhoGivesThePresentEtag() {
    set(MaintenanceMode.MAINTENANCE_MODE_DELETE);
    String etag = CaughtRefusal.of(() -> set(NONE)).info().getMetadataMap().get("etag");

    SetMaintenanceModeResponse answer =
        maintenance.setMaintenanceMode(to(NONE).setEtag(etag).build());

    assertThat(answer.getDatastore().getMaintenance().getMode()).isEqualTo(NONE);
    assertThat(answer.getPrevious().getMode()).isEqualTo(MaintenanceMode.MAINTENANCE_MODE_DELETE);
  }

  @Test
  void set_manyFaults_areAllTold() {
    CaughtRefusal refusal =
        CaughtRefusal.of(
            () ->
                maintenance.setMaintenanceMode(
                    SetMaintenanceModeRequest.newBuilder()
                        .setDatastore("x")
                        .setMode(READ_ONLY)
                        .setMessage("two\nlines")
                        .setExpectedEnd(Timestamp.newBuilder().setNanos(-1))
                        .build()));

    assertThat(refusal.faultyFields()).containsExactly("datastore", "message", "expected_end");
  }

  @Test
  void set_modeMissingOrUnknown_isRefused() {
    assertThat(
            CaughtRefusal.of(() -> set(MaintenanceMode.MAINTENANCE_MODE_UNSPECIFIED))
                .faultyFields())
        .containsExactly("mode");
    assertThat(
            CaughtRefusal.of(
                    () -> maintenance.setMaintenanceMode(to(NONE).setModeValue(77).build()))
                .faultyFields())
        .containsExactly("mode");
    assertThat(
            CaughtRefusal.of(
                    () ->
                        maintenance.setMaintenanceMode(
                            to(NONE)
                                .setMessage("why")
                                .setExpectedEnd(Timestamp.getDefaultInstance())
                                .build()))
                .faultyFields())
        .containsExactly("message", "expected_end");
  }

  private static SetMaintenanceModeRequest.Builder to(MaintenanceMode mode) {
    return SetMaintenanceModeRequest.newBuilder().setDatastore("main").setMode(mode);
  }

  private SetMaintenanceModeResponse set(MaintenanceMode mode) {
    return maintenance.setMaintenanceMode(to(mode).build());
  }

  private String lookup(Operation operation) {
    return datastores
        .lookup(LookupRequest.newBuilder().setDatastore("main").setOperation(operation).build())
        .getLease()
        .getLeaseId();
  }
}
