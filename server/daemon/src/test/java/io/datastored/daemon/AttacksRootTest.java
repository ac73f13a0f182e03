package io.datastored.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.FieldMask;
import io.datastored.promise.EarlierLeases;
import io.datastored.service.wire.CaughtRefusal;
import io.datastored.v1.CloseSessionRequest;
import io.datastored.v1.CreateDatastoreRequest;
import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreConfigServiceGrpc;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DatastoreSettings;
import io.datastored.v1.DeleteDatastoreRequest;
import io.datastored.v1.DrainRequest;
import io.datastored.v1.DrainResponse;
import io.datastored.v1.DrainState;
import io.datastored.v1.HeldLease;
import io.datastored.v1.KeepAliveRequest;
import io.datastored.v1.Lease;
import io.datastored.v1.ListLeasesRequest;
import io.datastored.v1.ListSessionsRequest;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MaintenanceServiceGrpc;
import io.datastored.v1.OpenSessionRequest;
import io.datastored.v1.OpenSessionResponse;
import io.datastored.v1.Operation;
import io.datastored.v1.ReleaseRequest;
import io.datastored.v1.Revision;
import io.datastored.v1.Session;
import io.datastored.v1.SessionServiceGrpc;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.StatusRequest;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What a user of this machine can try against a server of root with its usual rules, over its real
 * socket. Each attack is refused, and the audit log says whose it was.
 */
@Tag("root")
final class AttacksRootTest {

  private static final int ALICE = 54_321;
  private static final int BOB = 54_322;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final EventLoopGroup loops = UserDoor.loops();
  private Path directory;
  private Path socket;
  private Path config;
  private Path audit;
  private Daemon daemon;
  private ManagedChannel root;
  private Channel alice;
  private Channel bob;

  @BeforeEach
  void begin() throws Exception {
    directory = Files.createTempDirectory(Path.of("/var/tmp"), "attacks");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    socket = directory.resolve("d.sock");
    audit = directory.resolve("audit.log");
    config =
        Files.writeString(
            directory.resolve("datastore.cfg"), "datastore: main\n\tpath " + directory + "\n");
  }

  @AfterEach
  void end() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    if (root != null) {
      root.shutdownNow();
    }
    daemon.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    MoreFiles.deleteRecursively(directory, RecursiveDeleteOption.ALLOW_INSECURE);
  }

  private void start(Consumer<DaemonOptions.Builder> changes) throws Exception {
    serve(changes);
    alice = door(ALICE);
    bob = door(BOB);
  }

  private void serve(Consumer<DaemonOptions.Builder> changes) throws Exception {
    DaemonOptions.Builder options = new DaemonSite(directory).options();
    options.listen = List.of(ListenAddress.parse("127.0.0.1:0"), new ListenAddress.Unix(socket));
    options.leases.earlierLeases = EarlierLeases.NONE;
    options.audit.file = Optional.of(audit);
    changes.accept(options);
    daemon = Daemon.start(options.build());
    root = UserDoor.channel(socket, loops);
  }

  private Channel door(int uid) throws Exception {
    UserDoor door = UserDoor.open(uid, socket, directory);
    open.add(door);
    return door.channel();
  }

  /** E1: who reconfigures the server, and with it the path that root's commands follow. */
  @Test
  void strangersDoNotReconfigure() throws Exception {
    start(options -> {});
    String before = Files.readString(config);
    int port = DaemonSite.port(daemon);
    ManagedChannel network =
        NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    open.add(network::shutdownNow);

    for (Channel by : List.of(bob, network)) {
      var configs = DatastoreConfigServiceGrpc.newBlockingStub(by);
      assertDenied(() -> setMode(by, MaintenanceMode.MAINTENANCE_MODE_OFFLINE));
      assertDenied(
          () ->
              configs.updateDatastore(
                  io.datastored.v1.UpdateDatastoreRequest.newBuilder()
                      .setDatastore(section("main", "/home/bob"))
                      .setUpdateMask(FieldMask.newBuilder().addPaths("path"))
                      .build()));
      assertDenied(
          () ->
              configs.createDatastore(
                  CreateDatastoreRequest.newBuilder()
                      .setDatastore(section("bobs", "/home/bob"))
                      .build()));
      assertDenied(
          () ->
              configs.deleteDatastore(DeleteDatastoreRequest.newBuilder().setName("main").build()));
      assertDenied(
          () ->
              MaintenanceServiceGrpc.newBlockingStub(by)
                  .drain(drain().setForce(true).build())
                  .next());
    }

    assertThat(Files.readString(config)).isEqualTo(before);
    assertThat(lookup(root, Operation.OPERATION_LOOKUP, "").hasRevision()).isTrue();
    for (String who : List.of("uid:" + BOB, "anonymous")) {
      assertDenials(who, 5);
      assertThat(denials(who).stream().map(line -> line.get("verb").getAsString()))
          .containsExactly("maintain", "configure", "create", "configure", "maintain");
    }
    assertThat(denials("uid:" + BOB))
        .allSatisfy(
            line -> {
              assertThat(line.get("verified_by").getAsString()).isEqualTo("peercred");
              assertThat(line.get("peer").getAsString()).contains("uid " + BOB);
            });
  }

  /** E2: who knows the ids of somebody else. */
  @Test
  void idsOfAnother_areOfNoUse() throws Exception {
    start(options -> {});
    OpenSessionResponse session =
        SessionServiceGrpc.newBlockingStub(alice)
            .openSession(
                OpenSessionRequest.newBuilder()
                    .setCaches(true)
                    .setTtl(com.google.protobuf.Duration.newBuilder().setSeconds(60))
                    .build());
    String sessionId = session.getSessionId();
    Lease lease = lookup(alice, Operation.OPERATION_WRITE, sessionId).getLease();

    // He is not shown them, and an operator only how they begin.
    assertThat(leases(bob)).isEmpty();
    assertThat(sessions(bob)).isEmpty();
    assertThat(leases(root).get(0).getHolder().getPrincipal()).isEqualTo("uid:" + ALICE);
    assertThat(leases(root).get(0).getLease().getLeaseId()).isNotEqualTo(lease.getLeaseId());
    assertThat(sessions(root).get(0).getSessionId()).isNotEqualTo(sessionId);

    // Known from elsewhere, they are of no use.
    Revision offline = setMode(root, MaintenanceMode.MAINTENANCE_MODE_OFFLINE);
    assertThat(released(bob, lease.getLeaseId())).isFalse();
    assertThat(acknowledged(bob, sessionId, offline)).isEqualTo("SESSION_NOT_FOUND");
    assertThat(
            SessionServiceGrpc.newBlockingStub(bob)
                .closeSession(CloseSessionRequest.newBuilder().setSessionId(sessionId).build())
                .getClosed())
        .isFalse();
    assertThat(CaughtRefusal.of(() -> continued(bob, lease)).reason())
        .isEqualTo("SESSION_NOT_FOUND");
    Lease alone = lease.toBuilder().clearSessionId().build();
    assertThat(CaughtRefusal.of(() -> continued(bob, alone)).reason()).isEqualTo("LEASE_ENDED");
    assertThat(drained()).isEqualTo(DrainState.DRAIN_STATE_TIMED_OUT);

    assertDenials("uid:" + BOB, 5);
    assertThat(denials("uid:" + BOB))
        .allSatisfy(
            line -> {
              assertThat(line.get("owner").getAsString()).isEqualTo("uid:" + ALICE);
              assertThat(line.toString()).doesNotContain(lease.getLeaseId(), sessionId);
            });
    assertThat(
            denials("uid:" + BOB).stream()
                .map(line -> line.get("reason").getAsString().replaceFirst(".*; attempted ", "")))
        .containsExactly(
            "to release it",
            "to keep it alive",
            "to close it",
            "to lease under it",
            "to continue it");

    // Their owner does what he could not.
    assertThat(released(alice, lease.getLeaseId())).isTrue();
    assertThat(acknowledged(alice, sessionId, offline)).isEmpty();
    assertThat(drained()).isEqualTo(DrainState.DRAIN_STATE_DRAINED);
  }

  /** E17: who continues, after a restart, what nobody was granted. */
  @Test
  void inventedLeases_areNotContinued() throws Exception {
    start(options -> {});
    Lease lease = lookup(alice, Operation.OPERATION_WRITE, "").getLease();
    setMode(root, MaintenanceMode.MAINTENANCE_MODE_OFFLINE);
    root.shutdownNow();
    daemon.close();
    serve(options -> {});
    assertThat(status().getServer().hasRecoveryLeft()).isTrue();

    // A token that no earlier run can have granted.
    Lease invented =
        Lease.newBuilder()
            .setLeaseId("invented-by-bob")
            .setFencingToken(lease.getFencingToken() + (1L << 40))
            .build();
    assertThat(CaughtRefusal.of(() -> continued(bob, invented)).reason()).isEqualTo("LEASE_ENDED");
    // Whoever was granted it has it again.
    assertThat(continued(alice, lease)).isEqualTo(lease.getFencingToken());
    assertThat(CaughtRefusal.of(() -> continued(bob, lease)).reason()).isEqualTo("LEASE_ENDED");
    assertThat(status().getDatastores(0).getOperations().getWrite()).isOne();

    assertDenials("uid:" + BOB, 2);
    JsonObject unknown = denials("uid:" + BOB).get(0);
    assertThat(unknown.get("reason").getAsString())
        .isEqualTo("it is not known; attempted to continue it");
    assertThat(unknown.get("lease_id").getAsString()).isEqualTo("invente...");
    assertThat(denials("uid:" + BOB).get(1).get("owner").getAsString()).isEqualTo("uid:" + ALICE);
  }

  private static void assertDenied(Runnable call) {
    assertThat(CaughtRefusal.of(call::run).reason()).isEqualTo("PERMISSION_DENIED");
  }

  /** Waits until the audit log has this many denials of somebody. */
  private void assertDenials(String who, int count) {
    await().untilAsserted(() -> assertThat(denials(who)).hasSize(count));
  }

  private List<JsonObject> denials(String who) throws IOException {
    return Files.readAllLines(audit).stream()
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .filter(line -> line.get("event").getAsString().equals("denied"))
        .filter(line -> line.get("principal").getAsString().equals(who))
        .toList();
  }

  private static Datastore section(String name, String path) {
    return Datastore.newBuilder()
        .setName(name)
        .setSettings(DatastoreSettings.newBuilder().setPath(path))
        .build();
  }

  private static Revision setMode(Channel by, MaintenanceMode mode) {
    return MaintenanceServiceGrpc.newBlockingStub(by)
        .setMaintenanceMode(
            SetMaintenanceModeRequest.newBuilder().setDatastore("main").setMode(mode).build())
        .getRevision();
  }

  private static io.datastored.v1.LookupResponse lookup(
      Channel by, Operation operation, String session) {
    return DatastoreServiceGrpc.newBlockingStub(by)
        .lookup(
            LookupRequest.newBuilder()
                .setDatastore("main")
                .setOperation(operation)
                .setSessionId(session)
                .build());
  }

  /** The token with which somebody goes on with a lease. */
  private static long continued(Channel by, Lease lease) {
    return DatastoreServiceGrpc.newBlockingStub(by)
        .lookup(
            LookupRequest.newBuilder()
                .setDatastore("main")
                .setOperation(Operation.OPERATION_WRITE)
                .setSessionId(lease.getSessionId())
                .setLeaseId(lease.getLeaseId())
                .setHeldFencingToken(lease.getFencingToken())
                .setContinuation(lease.getContinuation())
                .build())
        .getLease()
        .getFencingToken();
  }

  private static boolean released(Channel by, String lease) {
    return DatastoreServiceGrpc.newBlockingStub(by)
        .release(ReleaseRequest.newBuilder().setLeaseId(lease).build())
        .getReleased();
  }

  /** Why an acknowledgement is refused; empty if it is not. */
  private static String acknowledged(Channel by, String session, Revision applied) {
    try {
      var unused =
          SessionServiceGrpc.newBlockingStub(by)
              .keepAlive(
                  KeepAliveRequest.newBuilder().setSessionId(session).setApplied(applied).build());
      return "";
    } catch (io.grpc.StatusRuntimeException e) {
      return CaughtRefusal.of(e).reason();
    }
  }

  private static List<HeldLease> leases(Channel by) {
    return SessionServiceGrpc.newBlockingStub(by)
        .listLeases(ListLeasesRequest.getDefaultInstance())
        .getLeasesList();
  }

  private static List<Session> sessions(Channel by) {
    return SessionServiceGrpc.newBlockingStub(by)
        .listSessions(ListSessionsRequest.getDefaultInstance())
        .getSessionsList();
  }

  private io.datastored.v1.StatusResponse status() {
    return DatastoreServiceGrpc.newBlockingStub(root).status(StatusRequest.getDefaultInstance());
  }

  private static DrainRequest.Builder drain() {
    return DrainRequest.newBuilder().setDatastore("main");
  }

  /** What a drain of half a second comes to. */
  private DrainState drained() {
    var answers =
        MaintenanceServiceGrpc.newBlockingStub(root)
            .drain(
                drain()
                    .setTimeout(com.google.protobuf.Duration.newBuilder().setNanos(500_000_000))
                    .build());
    DrainState last = DrainState.DRAIN_STATE_UNSPECIFIED;
    while (answers.hasNext()) {
      DrainResponse answer = answers.next();
      last = answer.getState();
    }
    return last;
  }
}
