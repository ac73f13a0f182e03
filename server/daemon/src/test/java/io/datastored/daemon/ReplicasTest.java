package io.datastored.daemon;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.protobuf.util.Durations;
import io.datastored.admin.AdminAddress;
import io.datastored.cli.Shell;
import io.datastored.etcd.client.EtcdClient;
import io.datastored.etcd.client.EtcdOptions;
import io.datastored.etcd.client.Op;
import io.datastored.etcd.client.Txn;
import io.datastored.etcd.history.EtcdKeyValues;
import io.datastored.etcd.history.Keys;
import io.datastored.etcd.history.NewHistory;
import io.datastored.etcd.history.NewHistory.Inheritance;
import io.datastored.etcd.testkit.EtcdCluster;
import io.datastored.history.AcceptedState;
import io.datastored.history.ConfigContent;
import io.datastored.history.Incarnation;
import io.datastored.v1.AwaitedReplicaReason;
import io.datastored.v1.Blocker;
import io.datastored.v1.DatastoreConfigServiceGrpc;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DatastoreServiceGrpc.DatastoreServiceBlockingStub;
import io.datastored.v1.DeleteDatastoreRequest;
import io.datastored.v1.DrainProgress;
import io.datastored.v1.DrainRequest;
import io.datastored.v1.DrainResponse;
import io.datastored.v1.DrainState;
import io.datastored.v1.HeldLease;
import io.datastored.v1.ListLeasesRequest;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MaintenanceServiceGrpc;
import io.datastored.v1.Operation;
import io.datastored.v1.ReleaseRequest;
import io.datastored.v1.ReplicaState;
import io.datastored.v1.ReplicaStatus;
import io.datastored.v1.ServerStatus;
import io.datastored.v1.SessionServiceGrpc;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.SetMaintenanceModeResponse;
import io.datastored.v1.StatusRequest;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three servers on one history in a real etcd, each history with a prefix of its own. */
@Tag("etcd")
final class ReplicasTest {

  private static final AtomicInteger HISTORIES = new AtomicInteger();

  private static EtcdCluster etcd;

  @TempDir Path directory;

  /** The one of all tests, unless a test breaks it. */
  private EtcdCluster etcdOfThisTest = etcd;

  private final Keys keys = new Keys("/datastored/replicas-" + HISTORIES.incrementAndGet() + "/");
  private final List<Replica> started = new ArrayList<>();

  @BeforeAll
  static void startEtcd(@TempDir Path data) throws Exception {
    etcd = EtcdCluster.start(data, 1);
  }

  @AfterAll
  static void stopEtcd() throws Exception {
    etcd.close();
  }

  @BeforeEach
  void createHistory() throws Exception {
    StringBuilder config = new StringBuilder();
    for (String name : List.of("main", "other")) {
      config.append(
          "datastore: %s\n\tpath %s\n\n"
              .formatted(name, Files.createDirectories(directory.resolve("d").resolve(name))));
    }
    try (EtcdClient client = EtcdClient.open(options())) {
      new NewHistory(new EtcdKeyValues(client), keys, new Random())
          .write(
              AcceptedState.empty(Incarnation.random(new Random()), Optional.empty()),
              ConfigContent.of(config.toString().getBytes(UTF_8)),
              new Inheritance(OptionalLong.of(1_000), List.of()));
    }
  }

  @AfterEach
  void stop() {
    started.forEach(Replica::close);
  }

  private EtcdOptions options() {
    return EtcdOptions.builder().endpoints(etcdOfThisTest.targets()).build();
  }

  private Replica start(String name) throws Exception {
    Replica replica = new Replica(name);
    started.add(replica);
    replica.awaitAuthority();
    return replica;
  }

  private DaemonOptions daemonOptions(String name) throws Exception {
    DaemonOptions.Builder options =
        new DaemonSite(Files.createDirectories(directory.resolve(name))).openOptions();
    options.replica = Optional.of(new ReplicaOptions(options(), keys, name, Duration.ofSeconds(5)));
    options.admin.listen = Optional.of(AdminAddress.parse("127.0.0.1:0"));
    return options.build();
  }

  /** One server, and a client of it. */
  private final class Replica implements AutoCloseable {

    private final Daemon daemon;
    private final ManagedChannel channel;

    Replica(String name) throws Exception {
      this(Daemon.start(daemonOptions(name)));
    }

    Replica(Daemon daemon) {
      this.daemon = daemon;
      this.channel =
          ManagedChannelBuilder.forAddress("127.0.0.1", DaemonSite.port(daemon))
              .usePlaintext()
              .build();
    }

    LookupResponse look(String datastore) {
      return datastores()
          .lookup(
              LookupRequest.newBuilder()
                  .setDatastore(datastore)
                  .setOperation(Operation.OPERATION_LOOKUP)
                  .build());
    }

    void delete() {
      var unused =
          DatastoreConfigServiceGrpc.newBlockingStub(channel)
              .deleteDatastore(DeleteDatastoreRequest.newBuilder().setName("main").build());
    }

    private DatastoreServiceBlockingStub datastores() {
      return DatastoreServiceGrpc.newBlockingStub(channel);
    }

    String metrics() throws Exception {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create(daemon.adminUrl().orElseThrow() + "/metrics"))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    }

    List<HeldLease> leases() {
      return SessionServiceGrpc.newBlockingStub(channel)
          .listLeases(ListLeasesRequest.getDefaultInstance())
          .getLeasesList();
    }

    /** Until it may promise something. */
    void awaitAuthority() {
      await()
          .ignoreException(StatusRuntimeException.class)
          .until(
              () -> {
                release(lookup("other", "probe", 0).getLease().getLeaseId());
                return true;
              });
    }

    LookupResponse lookup(String datastore, String lease, long held) {
      LookupRequest.Builder request =
          LookupRequest.newBuilder()
              .setDatastore(datastore)
              .setOperation(Operation.OPERATION_WRITE)
              .setTtl(Durations.fromSeconds(60))
              .setLeaseId(lease);
      if (held != 0) {
        request.setHeldFencingToken(held);
      }
      return datastores().lookup(request.build());
    }

    void release(String lease) {
      var unused = datastores().release(ReleaseRequest.newBuilder().setLeaseId(lease).build());
    }

    @CanIgnoreReturnValue
    SetMaintenanceModeResponse setMode(MaintenanceMode mode) {
      return MaintenanceServiceGrpc.newBlockingStub(channel)
          .setMaintenanceMode(
              SetMaintenanceModeRequest.newBuilder().setDatastore("main").setMode(mode).build());
    }

    Iterator<DrainResponse> drainByForce() {
      return MaintenanceServiceGrpc.newBlockingStub(channel)
          .drain(DrainRequest.newBuilder().setDatastore("main").setForce(true).build());
    }

    Iterator<DrainResponse> drain() {
      return MaintenanceServiceGrpc.newBlockingStub(channel)
          .drain(DrainRequest.newBuilder().setDatastore("main").build());
    }

    ServingStatus health(String service) {
      return HealthGrpc.newBlockingStub(channel)
          .check(HealthCheckRequest.newBuilder().setService(service).build())
          .getStatus();
    }

    @Override
    public void close() {
      channel.shutdownNow();
      daemon.close();
    }
  }

  private static ServerStatus status(Replica replica) {
    return replica.datastores().status(StatusRequest.getDefaultInstance()).getServer();
  }

  private static void assertRefused(Replica replica) {
    assertThatThrownBy(() -> replica.lookup("main", "late", 0))
        .isInstanceOf(StatusRuntimeException.class)
        .extracting(e -> Status.fromThrowable((Throwable) e).getCode())
        .isEqualTo(Status.Code.FAILED_PRECONDITION);
  }

  private static DrainResponse last(Iterator<DrainResponse> drain) {
    DrainResponse last = drain.next();
    while (drain.hasNext()) {
      last = drain.next();
    }
    return last;
  }

  @Test
  void drain_waitsForALeaseAtAnotherServer_andNamesIt() throws Exception {
    Replica a = start("a");
    Replica b = start("b");
    String lease = b.lookup("main", "backup", 0).getLease().getLeaseId();

    a.setMode(MaintenanceMode.MAINTENANCE_MODE_READ_ONLY);
    assertRefused(b);
    Iterator<DrainResponse> drain = a.drain();
    DrainResponse first = drain.next();
    assertThat(first.getState()).isEqualTo(DrainState.DRAIN_STATE_DRAINING);
    b.release(lease);

    assertThat(last(drain).getState()).isEqualTo(DrainState.DRAIN_STATE_DRAINED);
    assertRefused(b);
    b.setMode(MaintenanceMode.MAINTENANCE_MODE_NONE);
    await()
        .ignoreException(StatusRuntimeException.class)
        .until(() -> a.lookup("main", "again", 0).hasLease());
  }

  /** Who waits for a lease must be told whose it is, also when another server has granted it. */
  @Test
  void drain_ofALeaseAtAnotherServer_saysWhoseItIs() throws Exception {
    Replica a = start("a");
    Replica b = start("b");
    String lease = b.lookup("main", "backup-of-tonight", 0).getLease().getLeaseId();
    a.setMode(MaintenanceMode.MAINTENANCE_MODE_READ_ONLY);
    Iterator<DrainResponse> drain = a.drain();

    DrainProgress progress = drain.next().getProgress();
    while (progress.getBlockersList().stream().noneMatch(Blocker::hasLease)) {
      progress = drain.next().getProgress();
    }

    assertThat(progress.getReplicasList())
        .singleElement()
        .satisfies(
            awaited -> {
              assertThat(awaited.getName()).isEqualTo("b");
              assertThat(awaited.getReason())
                  .isEqualTo(AwaitedReplicaReason.AWAITED_REPLICA_REASON_IN_USE);
              assertThat(awaited.getOperations().getWrite()).isEqualTo(1);
            });
    HeldLease held = progress.getBlockers(0).getLease();
    assertThat(held.getReplica()).isEqualTo("b");
    assertThat(held.getHolder().getPrincipal()).isEqualTo("anonymous");
    assertThat(held.getLease().getLeaseId()).isEqualTo("backup-of-tonight");
    assertThat(held.getLease().getDatastore()).isEqualTo("main");
    assertThat(status(a).getReplicasCount()).isEqualTo(2);
    assertThat(b.leases()).singleElement().extracting(HeldLease::getReplica).isEqualTo("b");
    assertThat(a.leases()).as("per replica").isEmpty();
    b.release(lease);
    assertThat(last(drain).getState()).isEqualTo(DrainState.DRAIN_STATE_DRAINED);
  }

  /** No waiting: the answer comes when all servers refuse. */
  @Test
  void setMode_isAnswered_whenEveryServerHasAppliedIt() throws Exception {
    Replica a = start("a");
    Replica b = start("b");
    for (int round = 0; round < 10; round++) {
      SetMaintenanceModeResponse answer = a.setMode(MaintenanceMode.MAINTENANCE_MODE_READ_ONLY);
      assertThat(answer.getProgress().getReplicasList()).isEmpty();
      assertRefused(b);
      a.setMode(MaintenanceMode.MAINTENANCE_MODE_NONE);
    }
  }

  @Test
  void status_showsEveryServer_andWhichOneIsSilent() throws Exception {
    Replica a = start("a");
    Replica b = start("b");
    await()
        .untilAsserted(
            () ->
                assertThat(status(a).getReplicasList())
                    .extracting(ReplicaStatus::getName, ReplicaStatus::getState)
                    .containsExactly(
                        tuple("a", ReplicaState.REPLICA_STATE_HERE),
                        tuple("b", ReplicaState.REPLICA_STATE_HERE)));
    assertThat(status(b).getReplica().getName()).isEqualTo("b");
    assertThat(status(b).getReplica().hasUnconfirmed()).isFalse();
    String life = status(b).getReplica().getLife();
    assertThat(status(a).getReplicas(1).getLife()).isEqualTo(life).hasSize(8);
    long generation =
        a.setMode(MaintenanceMode.MAINTENANCE_MODE_READ_ONLY).getRevision().getGeneration();
    assertThat(status(a).getReplicas(1).getApplied().getGeneration()).isEqualTo(generation);
    assertThat(status(a).getReplicas(1).getLag()).isZero();

    endPresence(life);

    // It puts itself back soon; until then it is silent.
    SetMaintenanceModeResponse again = a.setMode(MaintenanceMode.MAINTENANCE_MODE_OFFLINE);
    assertThat(again.getRevision().getGeneration()).isGreaterThan(generation);
    await()
        .untilAsserted(
            () ->
                assertThat(status(a).getReplicasList())
                    .extracting(ReplicaStatus::getState)
                    .containsOnly(ReplicaState.REPLICA_STATE_HERE));
    assertThat(status(b).getReplica().getLife()).as("the same life").isEqualTo(life);
  }

  private void endPresence(String life) throws Exception {
    try (EtcdClient client = EtcdClient.open(options())) {
      var unused =
          client.commit(Txn.when().then(List.of(Op.delete(keys.prefix() + "here/" + life))));
    }
  }

  /** As if it had been killed: its record is there, and its presence is not. */
  @Test
  void oneIsSilent_isNamedWhereverSomebodyMayWaitForIt() throws Exception {
    Replica a = start("a");
    try (EtcdClient client = EtcdClient.open(options())) {
      var unused =
          client.commit(
              Txn.when()
                  .then(
                      List.of(
                          Op.put(
                              keys.prefix() + "life/zzzzzzzz",
                              "replica ghost\nauthority 60000\nlongest 0\n"))));
    }
    await().until(() -> status(a).getReplicasCount() == 2);

    ReplicaStatus ghost = status(a).getReplicas(1);
    assertThat(ghost.getName()).isEqualTo("ghost");
    assertThat(ghost.getState()).isEqualTo(ReplicaState.REPLICA_STATE_SILENT);
    assertThat(Durations.toSeconds(ghost.getLeft())).isBetween(30L, 61L);
    assertThat(
            a.setMode(MaintenanceMode.MAINTENANCE_MODE_READ_ONLY).getProgress().getReplicasList())
        .singleElement()
        .satisfies(
            awaited -> {
              assertThat(awaited.getName()).isEqualTo("ghost");
              assertThat(awaited.getReason())
                  .isEqualTo(AwaitedReplicaReason.AWAITED_REPLICA_REASON_SILENT);
            });
    assertThat(a.metrics())
        .contains(
            "datastored_replica_silent_replicas 1.0",
            "datastored_replica_unconfirmed_seconds 0.0",
            "datastored_replica_commits_total{outcome=\"failed\"} 0.0",
            "datastored_replica_seals_total{result=\"sealed\"} 0.0",
            "datastored_replica_authority_seconds ",
            "datastored_replica_applied_lag_generations 0.0")
        .doesNotContain("datastored_replica_commits_total{outcome=\"committed\"} 0.0");
  }

  @Test
  void drain_byForce_endsALeaseAtAnotherServer() throws Exception {
    Replica a = start("a");
    Replica b = start("b");
    String lease = b.lookup("main", "backup", 0).getLease().getLeaseId();
    a.setMode(MaintenanceMode.MAINTENANCE_MODE_READ_ONLY);
    assertRefused(b);
    assertThat(b.lookup("main", "backup", 0).hasLease()).as("renewed").isTrue();

    Iterator<DrainResponse> drain = a.drainByForce();
    assertThat(drain.next().getState()).isEqualTo(DrainState.DRAIN_STATE_DRAINING);

    await()
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> b.lookup("main", "backup", 0))
                    .isInstanceOf(StatusRuntimeException.class));
    b.release(lease);
    assertThat(last(drain).getState()).isEqualTo(DrainState.DRAIN_STATE_DRAINED);
  }

  @Test
  void lease_ofAServerThatStopped_isContinuedAtAnother() throws Exception {
    Replica a = start("a");
    Replica b = start("b");
    LookupResponse granted = a.lookup("main", "backup", 0);
    long token = granted.getLease().getFencingToken();
    b.setMode(MaintenanceMode.MAINTENANCE_MODE_READ_ONLY);
    a.close();

    LookupRequest held =
        LookupRequest.newBuilder()
            .setDatastore("main")
            .setOperation(Operation.OPERATION_WRITE)
            .setTtl(Durations.fromSeconds(60))
            .setLeaseId("backup")
            .setHeldFencingToken(token)
            .setContinuation(granted.getLease().getContinuation())
            .build();
    LookupResponse continued = b.datastores().lookup(held);

    assertThat(continued.getLease().getFencingToken()).isEqualTo(token);
    Iterator<DrainResponse> drain = b.drain();
    assertThat(drain.next().getState()).isEqualTo(DrainState.DRAIN_STATE_DRAINING);
  }

  @Test
  void delete_waitsForALeaseAtAnotherServer() throws Exception {
    Replica a = start("a");
    Replica b = start("b");
    String lease = b.lookup("main", "backup", 0).getLease().getLeaseId();
    a.setMode(MaintenanceMode.MAINTENANCE_MODE_DELETE);
    assertRefused(b);

    assertThatThrownBy(a::delete)
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("not drained")
        .hasMessageContaining("b");
    b.release(lease);

    await()
        .ignoreException(StatusRuntimeException.class)
        .until(
            () -> {
              a.delete();
              return true;
            });
    await()
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> b.look("main"))
                    .isInstanceOf(StatusRuntimeException.class)
                    .extracting(e -> Status.fromThrowable((Throwable) e).getCode())
                    .isEqualTo(Status.Code.NOT_FOUND));
  }

  @Test
  void etcdIsSetBack_nothingIsPromisedAnyMore_andLookupsGoOn(@TempDir Path data) throws Exception {
    try (EtcdCluster own = EtcdCluster.start(data, 1)) {
      etcdOfThisTest = own;
      createHistory();
      Replica a = start("a");
      a.setMode(MaintenanceMode.MAINTENANCE_MODE_READ_ONLY);
      Path backup = data.resolve("backup");
      own.snapshot(backup);
      a.setMode(MaintenanceMode.MAINTENANCE_MODE_NONE);
      assertThat(a.lookup("main", "before", 0).hasLease()).isTrue();
      assertThat(a.look("main").hasUnconfirmed()).isFalse();

      own.restore(backup);

      await()
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> a.lookup("other", "after", 0))
                      .isInstanceOf(StatusRuntimeException.class)
                      .extracting(e -> Status.fromThrowable((Throwable) e).getCode())
                      .isEqualTo(Status.Code.UNAVAILABLE));
      LookupResponse look = a.look("main");
      assertThat(look.getDatastore().getName()).isEqualTo("main");
      assertThat(look.hasUnconfirmed()).isTrue();
      assertThat(status(a).getReplica().hasUnconfirmed()).isTrue();
      assertThat(a.metrics())
          .contains("datastored_replica_lives_total{end=\"fork\"} 1.0")
          .doesNotContain("datastored_replica_unconfirmed_seconds 0.0");
      a.close();
      assertThatThrownBy(() -> new Replica("a"))
          .isInstanceOf(DaemonStartException.class)
          .hasMessageContaining("a fork");
    }
  }

  private Shell.Result cluster(String... words) {
    List<String> all = new ArrayList<>(List.of("cluster"));
    all.addAll(List.of(words));
    all.addAll(
        List.of(
            "--etcd-endpoints", etcdOfThisTest.targets().get(0), "--etcd-prefix", keys.prefix()));
    return new Shell().run(all.toArray(String[]::new));
  }

  @Test
  void directoryOfAServerOnEtcd_isNotForOneOnFiles() throws Exception {
    start("a").close();
    DaemonOptions files = new DaemonSite(directory.resolve("a")).write("").openOptions().build();
    assertThatThrownBy(() -> Daemon.start(files))
        .isInstanceOf(DaemonStartException.class)
        .hasMessageContaining("belongs to a server on etcd (it has ")
        .hasMessageContaining("another --state-dir");
  }

  /** Etcd goes back behind the birth of one server, and behind a mode that another one has set. */
  @Test
  void restoreIsAccepted_runningServersBeginAgain_andDrainsWaitForWhatWasPromised(
      @TempDir Path data) throws Exception {
    try (EtcdCluster own = EtcdCluster.start(data, 1)) {
      etcdOfThisTest = own;
      createHistory();
      BlockingQueue<Daemon> begun = new LinkedBlockingQueue<>();
      DaemonOptions options = daemonOptions("a");
      Thread server =
          new Thread(
              () -> {
                try {
                  var unused = ServedHistories.serve(options, begun::add);
                } catch (DaemonStartException | InterruptedException e) {
                  // Stopped at the end of the test.
                }
              });
      server.start();
      try {
        Daemon first = begun.take();
        Replica a = new Replica(first);
        a.awaitAuthority();
        Path backup = data.resolve("backup");
        own.snapshot(backup);
        Replica b = start("b");
        a.setMode(MaintenanceMode.MAINTENANCE_MODE_READ_ONLY);
        await().untilAsserted(() -> assertRefused(b));
        assertThat(b.lookup("other", "before", 0).hasLease()).isTrue();

        own.restore(backup);
        for (Replica each : List.of(a, b)) {
          await()
              .untilAsserted(
                  () ->
                      assertThatThrownBy(() -> each.lookup("other", "after", 0))
                          .isInstanceOf(StatusRuntimeException.class));
          assertThat(each.daemon.isReplaced()).isFalse();
        }
        Shell.Result accepted = cluster("accept-restore", "--yes", "--longest-ttl", "60s");
        assertThat(accepted.err()).isEmpty();
        assertThat(accepted.out()).contains("is accepted: incarnation", "for at most 123s");

        b.daemon.awaitStop();
        assertThat(b.daemon.isReplaced()).isTrue();
        Replica next = new Replica(begun.take());
        started.add(next);
        next.awaitAuthority();
        assertThat(next.daemon.snapshot().revision().sameHistory(first.snapshot().revision()))
            .isFalse();
        assertThat(next.lookup("main", "new", 0).hasLease()).as("the mode is lost").isTrue();
        next.release("new");
        next.setMode(MaintenanceMode.MAINTENANCE_MODE_READ_ONLY);
        Iterator<DrainResponse> drain = next.drain();
        DrainResponse waits = drain.next();
        assertThat(waits.getState()).isEqualTo(DrainState.DRAIN_STATE_DRAINING);
        // Of 123 s; those of the lives in the backup are shorter.
        assertThat(waits.getProgress().getBound().getSeconds()).isBetween(90L, 123L);

        assertThat(cluster("status").out()).containsPattern("before-the-restore +[a-z]{8} +silent");
        Shell.Result forgotten = cluster("forget-replica", "before-the-restore", "--yes");
        assertThat(forgotten.err()).isEmpty();
        assertThat(cluster("status").out()).doesNotContain("before-the-restore");
        assertThat(cluster("forget-replica", "a", "--yes").err()).contains("a runs again");

        // Restored once more, from a backup of the history that was replaced.
        own.restore(backup);
        await()
            .untilAsserted(
                () ->
                    assertThatThrownBy(() -> next.lookup("other", "again", 0))
                        .isInstanceOf(StatusRuntimeException.class));
        await().until(() -> next.health("") == ServingStatus.NOT_SERVING);
        assertThat(next.daemon.isReplaced()).as("no operator has accepted that").isFalse();
        a.channel.shutdownNow();
      } finally {
        server.interrupt();
        server.join();
      }
    }
  }
}
