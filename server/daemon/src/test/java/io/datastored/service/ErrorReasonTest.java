package io.datastored.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.protobuf.Duration;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.rpc.BadRequest;
import com.google.rpc.QuotaFailure;
import com.google.rpc.RetryInfo;
import io.datastored.access.Rules;
import io.datastored.daemon.GrpcCleanup;
import io.datastored.daemon.InProcessDaemon;
import io.datastored.history.file.FileStoreOptions;
import io.datastored.service.wire.CaughtRefusal;
import io.datastored.v1.CreateDatastoreRequest;
import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreConfigServiceGrpc;
import io.datastored.v1.DatastoreConfigServiceGrpc.DatastoreConfigServiceBlockingStub;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DatastoreServiceGrpc.DatastoreServiceBlockingStub;
import io.datastored.v1.DatastoreSettings;
import io.datastored.v1.DeleteDatastoreRequest;
import io.datastored.v1.DrainRequest;
import io.datastored.v1.ErrorReason;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MaintenanceServiceGrpc;
import io.datastored.v1.MaintenanceServiceGrpc.MaintenanceServiceBlockingStub;
import io.datastored.v1.Operation;
import io.datastored.v1.Revision;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.UpdateDatastoreRequest;
import io.grpc.Status.Code;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Makes every error reason of the contract happen over gRPC. A new value without a case fails here.
 */
final class ErrorReasonTest {
  private static final String CONFIG =
      """
      datastore: main
      	path /srv/main

      datastore: closed
      	maintenance-mode offline,message=controller swap
      	path /srv/closed

      datastore: dying
      	maintenance-mode delete
      	path /srv/dying

      datastore: usb
      	backing-device 0f4c2a6e-1b7d-4c55-9d7e-6a2b3c4d5e6f
      	path stores/usb

      datastore: broken
      	verify-new maybe
      	path /srv/broken
      """;

  private static final Set<ErrorReason> NEVER_SENT =
      ImmutableSet.of(
          ErrorReason.ERROR_REASON_UNSPECIFIED,
          ErrorReason.UNRECOGNIZED,
          // Takes a disk that breaks between two renames: RefusalsTest.
          ErrorReason.ERROR_REASON_OUTCOME_UNKNOWN,
          // Takes a client certificate: ClientCertificatesIT.
          ErrorReason.ERROR_REASON_UNAUTHENTICATED);

  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();
  @TempDir Path directory;

  private InProcessDaemon daemon;
  private DatastoreServiceBlockingStub datastores;
  private DatastoreConfigServiceBlockingStub config;
  private MaintenanceServiceBlockingStub maintenance;

  /** How a reason comes about, and what the contract says that it carries. */
  private record Case(
      Code code, Set<String> keys, Runnable call, Set<Class<? extends Message>> details) {
    Case(Code code, Set<String> keys, Runnable call) {
      this(code, keys, call, Set.of());
    }
  }

  private final Map<ErrorReason, Case> cases =
      ImmutableMap.<ErrorReason, Case>builder()
          .put(
              ErrorReason.ERROR_REASON_INVALID_REQUEST,
              new Case(
                  Code.INVALID_ARGUMENT,
                  Set.of(),
                  () -> datastores.lookup(LookupRequest.getDefaultInstance()),
                  Set.of(BadRequest.class)))
          .put(
              ErrorReason.ERROR_REASON_DATASTORE_NOT_FOUND,
              new Case(Code.NOT_FOUND, Set.of("datastore"), () -> write("nowhere")))
          .put(
              ErrorReason.ERROR_REASON_DATASTORE_EXISTS,
              new Case(
                  Code.ALREADY_EXISTS, Set.of("datastore"), () -> create("main", "/srv/other")))
          .put(
              ErrorReason.ERROR_REASON_UNDER_MAINTENANCE,
              new Case(
                  Code.FAILED_PRECONDITION,
                  Set.of("datastore", "operation", "mode", "message", "since", "expected_end"),
                  this::writeWhileAnEndIsExpected,
                  Set.of(RetryInfo.class)))
          .put(
              ErrorReason.ERROR_REASON_NOT_MOUNTED,
              new Case(Code.FAILED_PRECONDITION, Set.of("datastore", "device"), () -> write("usb")))
          .put(
              ErrorReason.ERROR_REASON_CONFIG_INVALID,
              new Case(
                  Code.FAILED_PRECONDITION,
                  Set.of("datastore", "line", "column", "property", "detail"),
                  () -> write("broken")))
          .put(
              ErrorReason.ERROR_REASON_ETAG_MISMATCH,
              new Case(Code.ABORTED, Set.of("datastore", "etag"), this::updateWithAnOldEtag))
          .put(
              ErrorReason.ERROR_REASON_MODE_CHANGE_REFUSED,
              new Case(
                  Code.FAILED_PRECONDITION,
                  Set.of("datastore", "mode", "message", "since", "set_by", "etag"),
                  () -> set("dying", MaintenanceMode.MAINTENANCE_MODE_NONE)))
          .put(
              ErrorReason.ERROR_REASON_NOT_UNDER_MAINTENANCE,
              new Case(
                  Code.FAILED_PRECONDITION,
                  Set.of("datastore"),
                  () ->
                      maintenance
                          .drain(DrainRequest.newBuilder().setDatastore("main").build())
                          .next()))
          .put(
              ErrorReason.ERROR_REASON_DATASTORE_IN_USE,
              new Case(
                  Code.FAILED_PRECONDITION,
                  Set.of("datastore", "operations", "sessions", "unseen"),
                  this::deleteWhatIsInUse))
          .put(
              ErrorReason.ERROR_REASON_SESSION_NOT_FOUND,
              new Case(
                  Code.NOT_FOUND,
                  Set.of("recovering"),
                  () -> datastores.lookup(writeOf("main").setSessionId("s-1").build())))
          .put(
              ErrorReason.ERROR_REASON_LEASE_ENDED,
              new Case(
                  Code.ABORTED,
                  Set.of("lease_id", "cause"),
                  () ->
                      datastores.lookup(
                          writeOf("main").setLeaseId("l-1").setHeldFencingToken(7).build())))
          .put(
              ErrorReason.ERROR_REASON_LEASE_ID_REUSED,
              new Case(Code.ALREADY_EXISTS, Set.of("lease_id"), this::reuseALeaseId))
          .put(
              ErrorReason.ERROR_REASON_WRONG_INCARNATION,
              new Case(
                  Code.FAILED_PRECONDITION,
                  Set.of("incarnation"),
                  () ->
                      datastores.lookup(
                          writeOf("main")
                              .setAtLeast(
                                  Revision.newBuilder()
                                      .setIncarnation("00000000deadbeef")
                                      .setGeneration(1))
                              .build())))
          .put(
              ErrorReason.ERROR_REASON_QUOTA_EXCEEDED,
              new Case(
                  Code.RESOURCE_EXHAUSTED,
                  Set.of("limit", "value", "principal", "share"),
                  this::takeMoreLeasesThanThereAre,
                  Set.of(QuotaFailure.class)))
          .put(
              ErrorReason.ERROR_REASON_NOT_READY,
              new Case(
                  Code.UNAVAILABLE,
                  Set.of(),
                  this::writeAfterTheEngineHasClosed,
                  Set.of(RetryInfo.class)))
          .put(
              ErrorReason.ERROR_REASON_STORE_UNAVAILABLE,
              new Case(Code.UNAVAILABLE, Set.of("detail"), this::writeAFileOfAnotherProgram))
          .put(
              ErrorReason.ERROR_REASON_PERMISSION_DENIED,
              new Case(
                  Code.PERMISSION_DENIED,
                  Set.of("principal", "verb", "datastore", "rule"),
                  this::setAModeAsAUser))
          .buildOrThrow();

  @BeforeEach
  void start() throws Exception {
    serve(
        InProcessDaemon.start(cleanup, directory, CONFIG, options -> options.leases.maxLeases = 2));
  }

  private void serve(InProcessDaemon started) {
    daemon = started;
    datastores = DatastoreServiceGrpc.newBlockingStub(daemon.channel());
    config = DatastoreConfigServiceGrpc.newBlockingStub(daemon.channel());
    maintenance = MaintenanceServiceGrpc.newBlockingStub(daemon.channel());
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  private void setAModeAsAUser() {
    daemon.access().use(Rules.builtIn(), daemon.engine().snapshot().revision());
    set("main", MaintenanceMode.MAINTENANCE_MODE_OFFLINE);
  }

  @ParameterizedTest
  @EnumSource(ErrorReason.class)
  void reason_producedOverGrpc_carriesWhatTheContractSays(ErrorReason reason) {
    if (NEVER_SENT.contains(reason)) {
      assertThat(cases).doesNotContainKey(reason);
      return;
    }
    assertThat(cases).as("a case for each reason").containsKey(reason);
    Case expected = cases.get(reason);

    CaughtRefusal refusal = CaughtRefusal.of(expected.call()::run);

    assertThat(refusal.code()).isEqualTo(expected.code());
    assertThat("ERROR_REASON_" + refusal.reason()).isEqualTo(reason.name());
    assertThat(refusal.info().getDomain()).isEqualTo("datastored");
    assertThat(refusal.info().getMetadataMap())
        .containsOnlyKeys(
            ImmutableSet.<String>builder().addAll(expected.keys()).add("generation").build());
    assertThat(Long.parseLong(refusal.info().getMetadataMap().get("generation"))).isPositive();
    assertThat(expected.details()).allSatisfy(type -> assertThat(refusal.detail(type)).isPresent());
  }

  @Test
  void configInvalid_onAWrite_isInvalidArgumentWithAllFaults() {
    CaughtRefusal refusal =
        CaughtRefusal.of(
            () ->
                config.createDatastore(
                    CreateDatastoreRequest.newBuilder()
                        .setDatastore(
                            Datastore.newBuilder()
                                .setName("fresh")
                                .setSettings(
                                    DatastoreSettings.newBuilder()
                                        .setPath("relative")
                                        .setNotifyUser("nobody")))
                        .build()));

    assertThat(refusal.code()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(refusal.reason()).isEqualTo("CONFIG_INVALID");
    assertThat(refusal.info().getMetadataMap())
        .containsOnlyKeys("datastore", "line", "column", "property", "detail", "generation");
    assertThat(refusal.faultyFields())
        .containsExactlyInAnyOrder("datastore.settings.path", "datastore.settings.notify_user");
  }

  private LookupRequest.Builder writeOf(String name) {
    return LookupRequest.newBuilder().setDatastore(name).setOperation(Operation.OPERATION_WRITE);
  }

  private void write(String name) {
    datastores.lookup(writeOf(name).build());
  }

  private void create(String name, String path) {
    config.createDatastore(
        CreateDatastoreRequest.newBuilder()
            .setDatastore(
                Datastore.newBuilder()
                    .setName(name)
                    .setSettings(DatastoreSettings.newBuilder().setPath(path)))
            .build());
  }

  private void set(String name, MaintenanceMode mode) {
    maintenance.setMaintenanceMode(
        SetMaintenanceModeRequest.newBuilder().setDatastore(name).setMode(mode).build());
  }

  private void writeWhileAnEndIsExpected() {
    maintenance.setMaintenanceMode(
        SetMaintenanceModeRequest.newBuilder()
            .setDatastore("main")
            .setMode(MaintenanceMode.MAINTENANCE_MODE_READ_ONLY)
            .setMessage("audit")
            .setExpectedEnd(Timestamp.newBuilder().setSeconds(4_102_444_800L))
            .build());
    write("main");
  }

  private void deleteWhatIsInUse() {
    write("main");
    set("main", MaintenanceMode.MAINTENANCE_MODE_DELETE);
    config.deleteDatastore(DeleteDatastoreRequest.newBuilder().setName("main").build());
  }

  private void updateWithAnOldEtag() {
    config.updateDatastore(
        UpdateDatastoreRequest.newBuilder()
            .setDatastore(
                Datastore.newBuilder()
                    .setName("main")
                    .setEtag("of-yesterday")
                    .setSettings(DatastoreSettings.newBuilder().setComment("new")))
            .setUpdateMask(FieldMask.newBuilder().addPaths("comment"))
            .build());
  }

  private void reuseALeaseId() {
    datastores.lookup(writeOf("main").setLeaseId("l-1").build());
    datastores.lookup(
        writeOf("main").setOperation(Operation.OPERATION_READ).setLeaseId("l-1").build());
  }

  private void takeMoreLeasesThanThereAre() {
    LookupRequest ask = writeOf("main").setTtl(Duration.newBuilder().setSeconds(60)).build();
    datastores.lookup(ask);
    datastores.lookup(ask);
    datastores.lookup(ask);
  }

  private void writeAfterTheEngineHasClosed() {
    daemon.engine().close();
    write("main");
  }

  private void writeAFileOfAnotherProgram() {
    daemon.close();
    try {
      serve(
          InProcessDaemon.start(
              cleanup,
              directory,
              CONFIG,
              options -> options.engine.configAccess = FileStoreOptions.Access.READ_ONLY));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    create("fresh", "/srv/fresh");
  }
}
