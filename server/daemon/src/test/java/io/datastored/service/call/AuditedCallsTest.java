package io.datastored.service.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.FieldMask;
import io.datastored.access.RecordedTrail;
import io.datastored.access.Rules;
import io.datastored.daemon.GrpcCleanup;
import io.datastored.daemon.InProcessDaemon;
import io.datastored.service.wire.CaughtRefusal;
import io.datastored.v1.CreateDatastoreRequest;
import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreConfigServiceGrpc;
import io.datastored.v1.DatastoreConfigServiceGrpc.DatastoreConfigServiceBlockingStub;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DatastoreSettings;
import io.datastored.v1.DeleteDatastoreRequest;
import io.datastored.v1.DrainRequest;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MaintenanceServiceGrpc;
import io.datastored.v1.MaintenanceServiceGrpc.MaintenanceServiceBlockingStub;
import io.datastored.v1.OpenSessionRequest;
import io.datastored.v1.Operation;
import io.datastored.v1.ReleaseRequest;
import io.datastored.v1.SessionServiceGrpc;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.SetMaintenanceModeResponse;
import io.datastored.v1.StatusRequest;
import io.datastored.v1.StatusResponse;
import io.datastored.v1.TroubleCause;
import io.datastored.v1.UpdateDatastoreRequest;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What calls leave in the audit log, and which of them are refused while it cannot be written. */
final class AuditedCallsTest {

  private static final MaintenanceMode OFFLINE = MaintenanceMode.MAINTENANCE_MODE_OFFLINE;
  private static final MaintenanceMode NONE = MaintenanceMode.MAINTENANCE_MODE_NONE;

  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();
  @TempDir Path directory;
  private final RecordedTrail trail = new RecordedTrail();
  private InProcessDaemon daemon;
  private Path file;

  private void start(Optional<RecordedTrail> given) throws Exception {
    file = Files.createDirectory(directory.resolve("log")).resolve("audit.log");
    daemon =
        InProcessDaemon.start(
            cleanup,
            directory,
            "datastore: main\n\tpath " + directory + "\n",
            options -> options.audit.file = Optional.of(file),
            given.map(recorded -> recorded));
  }

  @AfterEach
  void stop() {
    trail.letGo();
    daemon.close();
  }

  private MaintenanceServiceBlockingStub maintenance() {
    return MaintenanceServiceGrpc.newBlockingStub(daemon.channel());
  }

  private DatastoreConfigServiceBlockingStub config() {
    return DatastoreConfigServiceGrpc.newBlockingStub(daemon.channel());
  }

  private static SetMaintenanceModeRequest mode(String datastore, MaintenanceMode mode) {
    return SetMaintenanceModeRequest.newBuilder().setDatastore(datastore).setMode(mode).build();
  }

  private SetMaintenanceModeResponse set(MaintenanceMode mode) {
    return maintenance().setMaintenanceMode(mode("main", mode));
  }

  private LookupResponse write() {
    return DatastoreServiceGrpc.newBlockingStub(daemon.channel())
        .lookup(
            LookupRequest.newBuilder()
                .setDatastore("main")
                .setOperation(Operation.OPERATION_WRITE)
                .setPurpose("a \"backup\"")
                .build());
  }

  private boolean release(LookupResponse leased) {
    return DatastoreServiceGrpc.newBlockingStub(daemon.channel())
        .release(ReleaseRequest.newBuilder().setLeaseId(leased.getLease().getLeaseId()).build())
        .getReleased();
  }

  private static Datastore section(String name, String path) {
    return Datastore.newBuilder()
        .setName(name)
        .setSettings(DatastoreSettings.newBuilder().setPath(path))
        .build();
  }

  private Datastore create(String name) {
    return config()
        .createDatastore(
            CreateDatastoreRequest.newBuilder().setDatastore(section(name, "/srv/" + name)).build())
        .getDatastore();
  }

  private String refusal(Runnable call) {
    return CaughtRefusal.of(call::run).reason();
  }

  private List<JsonObject> written() throws IOException {
    return Files.readAllLines(file).stream()
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .toList();
  }

  @Test
  void eachChange_isOneLineOfTheFile() throws Exception {
    start(Optional.empty());
    create("new");
    var updated =
        config()
            .updateDatastore(
                UpdateDatastoreRequest.newBuilder()
                    .setDatastore(
                        Datastore.newBuilder()
                            .setName("new")
                            .setSettings(DatastoreSettings.newBuilder().setComment("c")))
                    .setUpdateMask(FieldMask.newBuilder().addPaths("comment"))
                    .build());
    set(OFFLINE);
    set(NONE);
    set(NONE); // changes nothing
    var unused =
        maintenance().setMaintenanceMode(mode("new", MaintenanceMode.MAINTENANCE_MODE_DELETE));
    var removed =
        config()
            .deleteDatastore(
                DeleteDatastoreRequest.newBuilder().setName("new").setIgnorePbs(true).build());

    await()
        .untilAsserted(
            () ->
                assertThat(written().stream().map(line -> line.get("event").getAsString()))
                    .containsExactly(
                        "datastore_created",
                        "datastore_changed",
                        "mode_set",
                        "mode_cleared",
                        "mode_set",
                        "pbs_ignored",
                        "datastore_removed"));
    JsonObject changed = written().get(1);
    assertThat(changed.get("datastore").getAsString()).isEqualTo("new");
    assertThat(changed.get("outcome").getAsString()).isEqualTo("ok");
    assertThat(changed.get("verb").getAsString()).isEqualTo("configure");
    assertThat(changed.get("principal").getAsString()).isEqualTo("anonymous");
    assertThat(changed.get("verified_by").getAsString()).isEqualTo("none");
    assertThat(changed.get("etag").getAsString()).isEqualTo(updated.getDatastore().getEtag());
    assertThat(changed.get("revision_before")).isEqualTo(written().get(0).get("revision_after"));
    assertThat(changed.get("revision_after").getAsString())
        .endsWith("/" + updated.getRevision().getGeneration());
    JsonObject cleared = written().get(3);
    assertThat(cleared.get("mode").getAsString()).isEqualTo("none");
    assertThat(cleared.get("previous_mode").getAsString()).isEqualTo("offline");
    assertThat(written().get(6).get("revision_after").getAsString())
        .endsWith("/" + removed.getRevision().getGeneration());
  }

  @Test
  void previewAndRefusal_areNoLines() throws Exception {
    start(Optional.of(trail));
    var unused =
        maintenance()
            .setMaintenanceMode(mode("main", OFFLINE).toBuilder().setValidateOnly(true).build());
    assertThat(refusal(() -> maintenance().setMaintenanceMode(mode("other", OFFLINE))))
        .isEqualTo("DATASTORE_NOT_FOUND");
    assertThat(trail.lines()).isEmpty();
  }

  @Test
  void clients_areLinesToo() throws Exception {
    start(Optional.of(trail));
    var session =
        SessionServiceGrpc.newBlockingStub(daemon.channel())
            .openSession(OpenSessionRequest.getDefaultInstance());
    assertThat(session.getSessionId()).isNotEmpty();
    write();
    assertThat(trail.only("session_opened").get("request_id").getAsString()).isNotEmpty();
    JsonObject granted = trail.only("lease_granted");
    assertThat(granted.getAsJsonObject("told").get("purpose").getAsString())
        .isEqualTo("a \"backup\"");
    set(OFFLINE);
    var first =
        maintenance()
            .drain(DrainRequest.newBuilder().setDatastore("main").setForce(true).build())
            .next();
    assertThat(first.getProgress().getForcedLeases()).isEqualTo(1);
    assertThat(trail.only("drain_forced").get("mode").getAsString()).isEqualTo("offline");
    assertThat(trail.only("lease_ended").get("reason").getAsString()).isEqualTo("forced");
    daemon.close(); // ends the drain
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "2026-11-28T10:15:30_Z.7", "b7ad6b7169203331:00f067aa0ba902b7:1"})
  void requestId_ofTheClient_isKept(String id) throws Exception {
    assertThat(requestIdFor(id)).isEqualTo(id);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a\"b", "{}", "\u001b[2J"})
  void requestId_thatIsNoToken_isReplaced(String id) throws Exception {
    assertThat(requestIdFor(id)).matches("[0-9a-f]{16}");
  }

  @Test
  void requestId_thatIsTooLong_isReplaced() throws Exception {
    assertThat(requestIdFor("x".repeat(65))).matches("[0-9a-f]{16}");
  }

  private String requestIdFor(String told) throws Exception {
    start(Optional.of(trail));
    var headers = new Metadata();
    headers.put(Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER), told);
    var unused =
        maintenance()
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
            .setMaintenanceMode(mode("main", OFFLINE));
    return trail.only("mode_set").get("request_id").getAsString();
  }

  @Test
  void denial_isALine_withWhoAndByWhichRule() throws Exception {
    start(Optional.of(trail));
    daemon.access().use(Rules.builtIn(), daemon.engine().snapshot().revision());
    var stranger = MaintenanceServiceGrpc.newBlockingStub(daemon.channelOf(4711));
    assertThat(refusal(() -> stranger.setMaintenanceMode(mode("main", OFFLINE))))
        .isEqualTo("PERMISSION_DENIED");
    JsonObject line = trail.only("denied");
    assertThat(line.get("principal").getAsString()).isEqualTo("uid:4711");
    assertThat(line.get("verified_by").getAsString()).isEqualTo("peercred");
    assertThat(line.get("verb").getAsString()).isEqualTo("maintain");
    assertThat(line.get("datastore").getAsString()).isEqualTo("main");
    assertThat(line.get("outcome").getAsString()).isEqualTo("denied");
    assertThat(line.get("reason").getAsString()).isNotEmpty();
    assertThat(line.get("request_id").getAsString()).isNotEmpty();
  }

  @Test
  void otherRules_areALine() throws Exception {
    start(Optional.empty());
    daemon.access().use(Rules.builtIn(), daemon.engine().snapshot().revision());
    await().until(() -> written().size() == 1);
    JsonObject line = written().get(0);
    assertThat(line.get("event").getAsString()).isEqualTo("rules_reloaded");
    assertThat(line.get("outcome").getAsString()).isEqualTo("ok");
    assertThat(line.get("reason").getAsString())
        .isEqualTo("6 rules, sha256 " + Rules.builtIn().digest());
    assertThat(line.get("revision_after").getAsString())
        .isEqualTo(daemon.engine().snapshot().revision().toString());
    assertThat(line.has("principal")).as("the server did it by itself").isFalse();
  }

  @Test
  void directoryGone_refusesWhatMustBeRecorded_andNothingElse() throws Exception {
    start(Optional.empty());
    create("old");
    set(MaintenanceMode.MAINTENANCE_MODE_READ_ONLY);
    await().until(() -> written().size() == 2);
    Path away = directory.resolve("away");
    Files.move(file.getParent(), away);

    CaughtRefusal clearing = CaughtRefusal.of(() -> set(NONE));
    assertThat(clearing.reason()).isEqualTo("STORE_UNAVAILABLE");
    assertThat(clearing.info().getMetadataOrThrow("detail"))
        .contains("changes are refused while the audit log cannot be written", file.toString());
    assertThat(refusal(() -> create("new"))).isEqualTo("STORE_UNAVAILABLE");
    assertThat(
            refusal(
                () ->
                    config()
                        .deleteDatastore(
                            DeleteDatastoreRequest.newBuilder().setName("main").build())))
        .as("in another mode, which is decided first")
        .isEqualTo("DATASTORE_IN_USE");
    assertThat(drained(DrainRequest.newBuilder().setForce(true))).isEqualTo("STORE_UNAVAILABLE");
    assertThat(drained(DrainRequest.newBuilder().setIgnorePbs(true)))
        .isEqualTo("STORE_UNAVAILABLE");

    assertThat(set(OFFLINE).getDatastore().getMaintenance().getMode()).isEqualTo(OFFLINE);
    assertThat(refusal(() -> set(MaintenanceMode.MAINTENANCE_MODE_READ_ONLY)))
        .isEqualTo("STORE_UNAVAILABLE");
    var lookup =
        DatastoreServiceGrpc.newBlockingStub(daemon.channel())
            .lookup(
                LookupRequest.newBuilder()
                    .setDatastore("main")
                    .setOperation(Operation.OPERATION_LOOKUP)
                    .build());
    assertThat(lookup.hasRevision()).isTrue();
    await()
        .untilAsserted(
            () ->
                assertThat(status().getServer().getTroublesList())
                    .anyMatch(trouble -> trouble.getCause() == TroubleCause.TROUBLE_CAUSE_AUDIT));

    Files.move(away, file.getParent());
    assertThat(set(NONE).getDatastore().getMaintenance().getMode()).isEqualTo(NONE);
    await()
        .untilAsserted(
            () ->
                assertThat(written().stream().map(line -> line.get("event").getAsString()))
                    .containsExactly(
                        "datastore_created",
                        "mode_set",
                        "mode_set",
                        "audit_interrupted",
                        "mode_cleared"));
    assertThat(status().getServer().getTroublesList())
        .noneMatch(trouble -> trouble.getCause() == TroubleCause.TROUBLE_CAUSE_AUDIT);
  }

  private static void resultOf(ListenableFuture<?> call) throws Throwable {
    try {
      Object unused = call.get();
    } catch (ExecutionException e) {
      throw e.getCause();
    }
  }

  private StatusResponse status() {
    return DatastoreServiceGrpc.newBlockingStub(daemon.channel())
        .status(StatusRequest.getDefaultInstance());
  }

  private String drained(DrainRequest.Builder request) {
    return refusal(() -> maintenance().drain(request.setDatastore("main").build()).next());
  }

  @Test
  void force_whileNothingCanBeRecorded_endsNoLease() throws Exception {
    start(Optional.of(trail));
    LookupResponse lease = write();
    set(OFFLINE);
    trail.obstacle(Optional.of("no record"));
    assertThat(drained(DrainRequest.newBuilder().setForce(true))).isEqualTo("STORE_UNAVAILABLE");
    assertThat(trail.lines()).noneMatch(line -> line.get("event").getAsString().contains("force"));
    assertThat(release(lease)).as("it was still held").isTrue();
  }

  @Test
  void stuckDisk_keepsNobodyWhoNeedNotBeRecorded() throws Exception {
    start(Optional.of(trail));
    LookupResponse lease = write();
    var unused = set(MaintenanceMode.MAINTENANCE_MODE_READ_ONLY);
    trail.block();
    ListenableFuture<SetMaintenanceModeResponse> clearing =
        MaintenanceServiceGrpc.newFutureStub(daemon.channel())
            .setMaintenanceMode(mode("main", NONE));
    trail.awaitSettling();
    trail.obstacle(Optional.of("no record"));
    assertThat(release(lease)).isTrue();
    assertThat(
            DatastoreServiceGrpc.newBlockingStub(daemon.channel())
                .lookup(
                    LookupRequest.newBuilder()
                        .setDatastore("main")
                        .setOperation(Operation.OPERATION_READ)
                        .build())
                .hasLease())
        .isTrue();
    var stricter =
        maintenance()
            .withDeadlineAfter(20, TimeUnit.SECONDS)
            .setMaintenanceMode(mode("main", OFFLINE));
    assertThat(stricter.getDatastore().getMaintenance().getMode()).isEqualTo(OFFLINE);
    assertThat(status().hasServer()).isTrue();
    assertThat(clearing.isDone()).isFalse();
    trail.letGo();
    assertThat(CaughtRefusal.of(() -> resultOf(clearing)).reason()).isEqualTo("STORE_UNAVAILABLE");
  }
}
