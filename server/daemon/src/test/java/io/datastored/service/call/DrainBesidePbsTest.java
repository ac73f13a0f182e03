package io.datastored.service.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.datastored.config.DatastoreName;
import io.datastored.daemon.GrpcCleanup;
import io.datastored.daemon.InProcessDaemon;
import io.datastored.engine.health.TroubleCause;
import io.datastored.neighbour.PbsDirectories;
import io.datastored.service.wire.CaughtRefusal;
import io.datastored.testkit.LoggedLines;
import io.datastored.v1.DatastoreConfigServiceGrpc;
import io.datastored.v1.DatastoreConfigServiceGrpc.DatastoreConfigServiceBlockingStub;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DeleteDatastoreRequest;
import io.datastored.v1.DeleteDatastoreResponse;
import io.datastored.v1.DrainRequest;
import io.datastored.v1.DrainResponse;
import io.datastored.v1.DrainState;
import io.datastored.v1.DrainStatus;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MaintenanceServiceGrpc;
import io.datastored.v1.MaintenanceServiceGrpc.MaintenanceServiceBlockingStub;
import io.datastored.v1.ServerStatus;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.SetMaintenanceModeResponse;
import io.datastored.v1.StatusRequest;
import io.datastored.v1.Trouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** On the configuration of a Proxmox Backup Server nothing is called drained while that runs. */
final class DrainBesidePbsTest {

  private static final String CANNOT_BE_SEEN = "operations of Proxmox Backup Server cannot be seen";

  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();
  @TempDir Path directory;
  private Path run;
  private Process proxy;
  private InProcessDaemon daemon;
  private MaintenanceServiceBlockingStub maintenance;
  private DatastoreConfigServiceBlockingStub config;

  @BeforeEach
  void setUp() throws IOException {
    run = Files.createDirectory(directory.resolve("pbs-run"));
    proxy = new ProcessBuilder("sleep", "600").start();
  }

  @AfterEach
  void stop() {
    Process unused = proxy.destroyForcibly();
    daemon.close();
  }

  /** The configuration of the server is {@code datastore.cfg} in the temporary directory. */
  private void serve(Path pbsConfig) throws Exception {
    daemon =
        InProcessDaemon.start(
            cleanup,
            directory,
            "datastore: main\n\tpath " + directory + "\n",
            options -> options.drains.pbs = new PbsDirectories(pbsConfig, run));
    maintenance = MaintenanceServiceGrpc.newBlockingStub(daemon.channel());
    config = DatastoreConfigServiceGrpc.newBlockingStub(daemon.channel());
  }

  private void proxyRuns() throws IOException {
    Files.writeString(run.resolve("proxy.pid"), proxy.pid() + "\n");
  }

  private void proxyEnds() throws Exception {
    Process unused = proxy.destroyForcibly();
    assertThat(proxy.waitFor()).isPositive();
  }

  private SetMaintenanceModeResponse set(MaintenanceMode mode) {
    return maintenance.setMaintenanceMode(mode(mode).build());
  }

  private static SetMaintenanceModeRequest.Builder mode(MaintenanceMode mode) {
    return SetMaintenanceModeRequest.newBuilder().setDatastore("main").setMode(mode);
  }

  private Iterator<DrainResponse> drain() {
    return maintenance.drain(DrainRequest.newBuilder().setDatastore("main").build());
  }

  private DrainStatus drainStatus() {
    return DatastoreServiceGrpc.newBlockingStub(daemon.channel())
        .status(StatusRequest.newBuilder().setDatastore("main").build())
        .getDatastores(0)
        .getDrain();
  }

  private ServerStatus status() {
    return DatastoreServiceGrpc.newBlockingStub(daemon.channel())
        .status(StatusRequest.getDefaultInstance())
        .getServer();
  }

  @Test
  void drain_whileItRuns_waits_andIsDrainedWhenItHasEnded() throws Exception {
    proxyRuns();
    serve(directory);

    SetMaintenanceModeResponse answer = set(MaintenanceMode.MAINTENANCE_MODE_OFFLINE);
    assertThat(answer.getProgress().getBlockers(0).getUnseen().getProgram())
        .isEqualTo("Proxmox Backup Server");
    Iterator<DrainResponse> drain = drain();
    DrainResponse first = drain.next();
    assertThat(first.getState()).isEqualTo(DrainState.DRAIN_STATE_DRAINING);
    assertThat(first.getProgress().getBlockersList())
        .singleElement()
        .satisfies(
            blocker -> {
              assertThat(blocker.getUnseen().getProgram()).isEqualTo("Proxmox Backup Server");
              assertThat(blocker.getUnseen().getDetail())
                  .contains("process " + proxy.pid())
                  .contains("--ignore-pbs");
            });
    assertThat(first.getProgress().hasBound()).isFalse();
    assertThat(drainStatus().getDrained()).isFalse();
    assertThat(drainStatus().getWaitsFor()).contains(CANNOT_BE_SEEN);

    proxyEnds();
    DrainResponse last = first;
    while (drain.hasNext()) {
      last = drain.next();
    }
    assertThat(last.getState()).isEqualTo(DrainState.DRAIN_STATE_DRAINED);
    assertThat(last.getProgress().getPbsIgnored()).isFalse();
    assertThat(drainStatus().getDrained()).isTrue();
  }

  @Test
  void drain_timesOut_whileOnlyTheTrackingDirectoryIsThere() throws Exception {
    Files.createDirectory(run.resolve("active-operations"));
    serve(directory);
    set(MaintenanceMode.MAINTENANCE_MODE_READ_ONLY);

    Iterator<DrainResponse> drain =
        maintenance.drain(
            DrainRequest.newBuilder()
                .setDatastore("main")
                .setTimeout(com.google.protobuf.util.Durations.fromMillis(100))
                .build());
    DrainResponse last = drain.next();
    while (drain.hasNext()) {
      last = drain.next();
    }
    assertThat(last.getState()).isEqualTo(DrainState.DRAIN_STATE_TIMED_OUT);
    assertThat(last.getProgress().getBlockers(0).getUnseen().getDetail())
        .contains("active-operations");
  }

  @Test
  void drain_ignorePbs_isDrained_andThatIsToldAndLogged() throws Exception {
    proxyRuns();
    serve(directory);
    set(MaintenanceMode.MAINTENANCE_MODE_OFFLINE);
    try (LoggedLines log = LoggedLines.of(AuditLog.class)) {
      DrainResponse only =
          maintenance
              .drain(DrainRequest.newBuilder().setDatastore("main").setIgnorePbs(true).build())
              .next();
      assertThat(only.getState()).isEqualTo(DrainState.DRAIN_STATE_DRAINED);
      assertThat(only.getProgress().getPbsIgnored()).isTrue();
      assertThat(only.getProgress().getBlockersList()).isEmpty();
      assertThat(log.lines())
          .anySatisfy(
              line ->
                  assertThat(line)
                      .contains("Proxmox Backup Server")
                      .contains("not waiting for")
                      .contains("who=")
                      .contains("datastore=main"));
    }
  }

  @Test
  void drain_ignorePbs_whereItDoesNotRun_saysNothingOfIt() throws Exception {
    serve(directory);
    set(MaintenanceMode.MAINTENANCE_MODE_OFFLINE);
    DrainResponse only =
        maintenance
            .drain(DrainRequest.newBuilder().setDatastore("main").setIgnorePbs(true).build())
            .next();
    assertThat(only.getState()).isEqualTo(DrainState.DRAIN_STATE_DRAINED);
    assertThat(only.getProgress().getPbsIgnored()).isFalse();
  }

  @Test
  void drain_ofAnotherConfiguration_isDrained() throws Exception {
    proxyRuns();
    Files.createDirectory(run.resolve("active-operations"));
    serve(Files.createDirectory(directory.resolve("etc")));
    set(MaintenanceMode.MAINTENANCE_MODE_OFFLINE);
    assertThat(drain().next().getState()).isEqualTo(DrainState.DRAIN_STATE_DRAINED);
    assertThat(status().getTroublesList()).isEmpty();
  }

  @Test
  void setMode_validateOnly_showsIt() throws Exception {
    proxyRuns();
    serve(directory);
    SetMaintenanceModeResponse would =
        maintenance.setMaintenanceMode(
            mode(MaintenanceMode.MAINTENANCE_MODE_OFFLINE).setValidateOnly(true).build());
    assertThat(would.getProgress().getBlockers(0).hasUnseen()).isTrue();
    SetMaintenanceModeResponse none =
        maintenance.setMaintenanceMode(
            mode(MaintenanceMode.MAINTENANCE_MODE_NONE).setValidateOnly(true).build());
    assertThat(none.getProgress().getBlockersList()).isEmpty();
  }

  @Test
  void delete_whileItRuns_isRefused_dryRunToo_andIgnorePbsRemoves() throws Exception {
    proxyRuns();
    serve(directory);
    set(MaintenanceMode.MAINTENANCE_MODE_DELETE);
    var request = DeleteDatastoreRequest.newBuilder().setName("main");

    for (boolean validateOnly : new boolean[] {true, false}) {
      CaughtRefusal refusal =
          CaughtRefusal.of(
              () -> config.deleteDatastore(request.setValidateOnly(validateOnly).build()));
      assertThat(refusal.reason()).isEqualTo("DATASTORE_IN_USE");
      assertThat(refusal.status().getMessage()).contains(CANNOT_BE_SEEN);
      assertThat(refusal.info().getMetadataMap())
          .containsEntry("operations", "0")
          .containsEntry("unseen", "Proxmox Backup Server");
    }
    assertThat(daemon.engine().snapshot().find(new DatastoreName("main"))).isPresent();

    try (LoggedLines log = LoggedLines.of(AuditLog.class)) {
      DeleteDatastoreResponse answer =
          config.deleteDatastore(request.setValidateOnly(false).setIgnorePbs(true).build());
      assertThat(answer.getPbsIgnored()).isTrue();
      assertThat(log.lines()).anySatisfy(line -> assertThat(line).contains("not waiting for"));
    }
    assertThat(daemon.engine().snapshot().find(new DatastoreName("main"))).isEmpty();
  }

  @Test
  void status_whileItRuns_hasTheTrouble_andNotAfterwards() throws Exception {
    proxyRuns();
    serve(directory);
    assertThat(status().getTroublesList())
        .extracting(Trouble::getCause)
        .containsExactly(io.datastored.v1.TroubleCause.TROUBLE_CAUSE_NEIGHBOUR);
    assertThat(status().getTroubles(0).getMessage()).contains(CANNOT_BE_SEEN);

    proxyEnds();
    await().until(() -> daemon.engine().troubles().ofServer(TroubleCause.NEIGHBOUR).isEmpty());
  }

  @Test
  void status_itStartsWhileServing_hasTheTrouble() throws Exception {
    serve(directory);
    assertThat(status().getTroublesList()).isEmpty();
    proxyRuns();
    await().until(() -> daemon.engine().troubles().ofServer(TroubleCause.NEIGHBOUR).isPresent());
  }
}
