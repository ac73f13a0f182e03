package io.datastored.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import com.google.rpc.ErrorInfo;
import io.datastored.cli.BackgroundCommand;
import io.datastored.cli.ScriptedConfigurations;
import io.datastored.cli.ScriptedServer;
import io.datastored.cli.Shell;
import io.datastored.v1.ConfigFault;
import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreSettings;
import io.datastored.v1.DatastoreStatus;
import io.datastored.v1.DrainStatus;
import io.datastored.v1.LimitStatus;
import io.datastored.v1.LimitTaker;
import io.datastored.v1.LocalProcess;
import io.datastored.v1.Maintenance;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.OperationCounts;
import io.datastored.v1.Revision;
import io.datastored.v1.ServerState;
import io.datastored.v1.ServerStatus;
import io.datastored.v1.Space;
import io.datastored.v1.StatusResponse;
import io.datastored.v1.Trouble;
import io.datastored.v1.TroubleCause;
import io.datastored.v1.WatcherStatus;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class StatusCommandTest {

  private static final Revision REVISION = ScriptedConfigurations.REVISION;

  @AutoClose private ScriptedServer server;
  private final Shell shell = new Shell();

  @BeforeEach
  void start() throws Exception {
    server = new ScriptedServer();
    shell.with("DATASTORED_SERVER", server.address());
    server.onStatus(
        request -> {
          if (!request.getDatastore().isEmpty()) {
            return StatusResponse.newBuilder().setRevision(REVISION).addDatastores(main()).build();
          }
          return request.getPageToken().isEmpty() ? firstPage() : secondPage();
        });
  }

  private static StatusResponse firstPage() {
    return StatusResponse.newBuilder()
        .setRevision(REVISION)
        .setServer(
            ServerStatus.newBuilder()
                .setVersion("0.1.0")
                .setState(ServerState.SERVER_STATE_RECOVERING)
                .setRecoveryLeft(Durations.fromMillis(11_500))
                .setUptime(Durations.fromSeconds(7))
                .setSessions(212)
                .setLeases(1)
                .setWatchers(3)
                .setDigest("0123456789abcdef")
                .addConfigFaults(
                    ConfigFault.newBuilder().setLine(3).setColumn(9).setMessage("what is this?"))
                .addTroubles(
                    Trouble.newBuilder()
                        .setCause(TroubleCause.TROUBLE_CAUSE_CONFIGURATION)
                        .setMessage("the file is missing")
                        .setSince(Timestamps.fromSeconds(1_767_323_045)))
                .addConfigFaults(ConfigFault.newBuilder().setMessage("the file is missing"))
                .addLimits(
                    LimitStatus.newBuilder()
                        .setName("max-drains")
                        .setTotal(100)
                        .setShare(80)
                        .setTaken(81)
                        .addGreatest(LimitTaker.newBuilder().setPrincipal("uid:7").setTaken(60))
                        .addGreatest(LimitTaker.newBuilder().setPrincipal("uid:8").setTaken(21)))
                .addLimits(
                    LimitStatus.newBuilder()
                        .setName("max-watch-buffer")
                        .setTotal(64 << 20)
                        .setShare(32 << 20)
                        .setTaken(30 << 20)
                        .addGreatest(
                            LimitTaker.newBuilder().setPrincipal("uid:7").setTaken(30 << 20)))
                .addLimits(
                    LimitStatus.newBuilder()
                        .setName("max-calls")
                        .setTotal(100)
                        .setShare(80)
                        .setTaken(63)
                        .addGreatest(LimitTaker.newBuilder().setPrincipal("uid:7").setTaken(63)))
                .addLimits(
                    LimitStatus.newBuilder()
                        .setName("max-sessions")
                        .setTotal(100)
                        .setShare(80)
                        .setOwn(64))
                .addSlowestWatchers(
                    WatcherStatus.newBuilder()
                        .setPeer("10.0.0.7:4711")
                        .setSent(REVISION)
                        .setApplied(REVISION.toBuilder().setGeneration(5))
                        .setLag(Durations.fromSeconds(40))))
        .addDatastores(
            DatastoreStatus.newBuilder()
                .setDatastore(
                    Datastore.newBuilder()
                        .setName("archive")
                        .setGeneration(3)
                        .setMaintenance(
                            Maintenance.newBuilder()
                                .setMode(MaintenanceMode.MAINTENANCE_MODE_NONE)))
                .setOperations(OperationCounts.getDefaultInstance())
                .setConfigFault(
                    ConfigFault.newBuilder().setLine(12).setMessage("x").setLastGoodServed(true))
                .setSpace(Space.newBuilder().setTotalBytes(4L << 40).setAvailableBytes(3L << 39)))
        .setNextPageToken("more")
        .build();
  }

  private static StatusResponse secondPage() {
    return StatusResponse.newBuilder().setRevision(REVISION).addDatastores(main()).build();
  }

  private static DatastoreStatus main() {
    return DatastoreStatus.newBuilder()
        .setDatastore(
            Datastore.newBuilder()
                .setName("main")
                .setEtag("e7")
                .setGeneration(7)
                .setSettings(DatastoreSettings.newBuilder().setPath("/srv/main"))
                .setMaintenance(
                    Maintenance.newBuilder()
                        .setMode(MaintenanceMode.MAINTENANCE_MODE_OFFLINE)
                        .setMessage("disk swap")))
        .setOperations(OperationCounts.newBuilder().setWrite(3).setRead(1))
        .setLeases(1)
        .addTroubles(Trouble.newBuilder().setMessage("/srv/main does not answer"))
        .addProcesses(
            LocalProcess.newBuilder()
                .setPid(812)
                .setName("gc")
                .setOperations(OperationCounts.newBuilder().setWrite(2)))
        .setDrain(DrainStatus.newBuilder().setDrained(false).setWaitsFor("3 writes and 1 read."))
        .addRefusals(
            ErrorInfo.newBuilder()
                .setDomain("datastored")
                .setReason("UNDER_MAINTENANCE")
                .putMetadata("datastore", "main")
                .putMetadata("operation", "WRITE")
                .putMetadata("mode", "OFFLINE"))
        .build();
  }

  @Test
  void status_printsTheServer_andALineForEachDatastore_overAllPages() {
    Shell.Result result = shell.run("status");
    assertThat(result.status()).isZero();
    assertThat(result.out())
        .isEqualTo(
            """
            datastored 0.1.0 on %s: recovering for 12s at most, up 7s
            trouble: the file is missing (since 2026-01-02T03:04:05Z)
            configuration: line 3, column 9: what is this?
            limit max-drains: 81 of 100 taken, at most 80 by one: uid:7 60, uid:8 21
            limit max-watch-buffer: 30M of 64M taken, at most 32M by one: uid:7 30M
            limit max-sessions: you have 64 of at most 80
            watcher 10.0.0.7:4711 is behind for 40s: sent 7, applied 5
            revision 00c0ffee00c0ffee/7, digest 0123456789ab
            212 sessions, 1 lease, 3 watchers

            DATASTORE  MODE     GEN  READ  WRITE  LEASES  FREE  NOTE
            archive    none       3     0      0       0  1.5T  fault in line 12
            main       offline    7     1      3       1     -  in use, /srv/main does not answer, "disk swap"
            """
                .formatted(server.address()));
  }

  @Test
  void status_ofSomebodyWhoIsNoOperator_saysWhatIsLeftOut() {
    StatusResponse hidden =
        StatusResponse.newBuilder()
            .setRevision(REVISION)
            .setServer(ServerStatus.newBuilder().setVersion("0.1.0"))
            .setFiltered(true)
            .addDatastores(
                DatastoreStatus.newBuilder()
                    .setDatastore(Datastore.newBuilder().setName("main").setGeneration(3))
                    .setDrain(DrainStatus.newBuilder().setDrained(false)))
            .build();
    server.onStatus(request -> hidden);
    assertThat(shell.run("status").out())
        .contains("how it is used, and what is wrong with it, is shown to operators\n")
        .contains("main          -    3     -      -       -     -  in use\n")
        .endsWith("there may be more datastores: the rules of the server hide some from you\n")
        .doesNotContain("digest", "0 leases");
    assertThat(shell.run("status", "main").out())
        .contains("in use by      (shown to operators)\n", "drained        no\n");
  }

  @Test
  void status_ofOneDatastore_tellsWhoUsesIt_whatIsRefused_andWhatADrainWaitsFor() {
    Shell.Result result = shell.run("status", "main");
    assertThat(result.status()).isZero();
    assertThat(result.out())
        .contains("mode           offline \"disk swap\"")
        .contains("in use by      3 writes and 1 read, 1 lease among them")
        .contains("process 812 (gc): 2 writes")
        .contains("trouble        /srv/main does not answer")
        .contains("drained        no: 3 writes and 1 read\n")
        .contains("refused        main refuses write: maintenance mode offline.")
        .contains("path           /srv/main");
  }

  @Test
  void status_inJson_printsEachPage() {
    Shell.Result result = shell.run("status", "--output=json");
    assertThat(result.out().lines()).hasSize(2).allMatch(line -> line.startsWith("{"));
    assertThat(result.out()).contains("\"state\":\"SERVER_STATE_RECOVERING\"");
  }

  @Test
  void status_watched_startsWithTheWorst_andGoesOnUntilItIsStopped() {
    server.onStatus(request -> inService("idle", "main", "zz-hung"));
    try (var command =
        new BackgroundCommand(
            "status", "--watch", "--interval=100ms", "--server", server.address())) {
      await().until(() -> command.out().split("DATASTORE", -1).length > 3);
      assertThat(command.out().lines().skip(4).limit(4).map(line -> line.split(" ")[0]))
          .containsExactly("DATASTORE", "zz-hung", "idle", "main");
      assertThat(command.stop()).isEqualTo(130);
    }
  }

  @Test
  void status_watched_waitsForAServerThatHasAnswered() throws Exception {
    try (var command =
        new BackgroundCommand(
            "status", "--watch", "--interval=100ms", "--server", server.address())) {
      command.awaitOut("DATASTORE");
      server.close();
      command.awaitErr("Trying again.");
      assertThat(command.stop()).isEqualTo(130);
    }
    assertThat(shell.run("status", "--watch").status()).isEqualTo(3);
  }

  @Test
  void status_watchedTooOften_isRefused() {
    assertThat(shell.run("status", "--watch", "--interval=1ms").err())
        .contains("--interval is at least 100ms.");
  }

  private static StatusResponse inService(String... names) {
    var page =
        StatusResponse.newBuilder()
            .setRevision(REVISION)
            .setServer(ServerStatus.newBuilder().setVersion("0.1.0").setDigest("0123456789abcdef"));
    for (String name : names) {
      var status = page.addDatastoresBuilder().setDatastore(Datastore.newBuilder().setName(name));
      if (name.endsWith("hung")) {
        status.addTroubles(Trouble.newBuilder().setMessage("/srv does not answer"));
      }
    }
    return page.build();
  }
}
