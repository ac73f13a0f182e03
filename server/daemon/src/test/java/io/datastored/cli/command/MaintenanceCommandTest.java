package io.datastored.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import com.google.rpc.RetryInfo;
import io.datastored.cli.BackgroundCommand;
import io.datastored.cli.ScriptedConfigurations;
import io.datastored.cli.ScriptedServer;
import io.datastored.cli.Shell;
import io.datastored.cli.view.Terminal;
import io.datastored.v1.Blocker;
import io.datastored.v1.Datastore;
import io.datastored.v1.DrainProgress;
import io.datastored.v1.DrainRequest;
import io.datastored.v1.DrainResponse;
import io.datastored.v1.DrainState;
import io.datastored.v1.HeldLease;
import io.datastored.v1.Holder;
import io.datastored.v1.Lease;
import io.datastored.v1.LocalProcess;
import io.datastored.v1.Maintenance;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.Operation;
import io.datastored.v1.OperationCounts;
import io.datastored.v1.Session;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.SetMaintenanceModeResponse;
import io.datastored.v1.UnseenOperations;
import io.grpc.Status;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class MaintenanceCommandTest {

  private static final Timestamp SINCE = Timestamps.fromSeconds(1_795_000_000);
  private static final Maintenance OFFLINE =
      Maintenance.newBuilder()
          .setMode(MaintenanceMode.MAINTENANCE_MODE_OFFLINE)
          .setMessage("disk swap")
          .setSince(SINCE)
          .build();
  private static final Blocker VERIFY =
      Blocker.newBuilder()
          .setLease(
              HeldLease.newBuilder()
                  .setLease(Lease.newBuilder().setOperation(Operation.OPERATION_WRITE))
                  .setHolder(
                      Holder.newBuilder().setClient("verify-agent").setHost("b17").setPid(4711))
                  .setPurpose("verify vm/100")
                  .setAge(Durations.fromMinutes(41))
                  .setIdle(Durations.fromSeconds(2)))
          .build();

  @AutoClose private ScriptedServer server;
  private final Shell shell = new Shell();

  @BeforeEach
  void start() throws Exception {
    server = new ScriptedServer();
    shell.with("DATASTORED_SERVER", server.address());
    server.maintenance.onSet(request -> answer(request, MaintenanceMode.MAINTENANCE_MODE_NONE));
  }

  private static SetMaintenanceModeResponse answer(
      SetMaintenanceModeRequest request, MaintenanceMode previous) {
    return SetMaintenanceModeResponse.newBuilder()
        .setDatastore(
            Datastore.newBuilder()
                .setName(request.getDatastore())
                .setEtag("e8")
                .setMaintenance(
                    Maintenance.newBuilder()
                        .setMode(request.getMode())
                        .setMessage(request.getMessage())))
        .setRevision(ScriptedConfigurations.REVISION)
        .setPrevious(Maintenance.newBuilder().setMode(previous).setMessage("an audit"))
        .setProgress(waiting(Durations.fromSeconds(12), VERIFY))
        .build();
  }

  private static DrainProgress waiting(com.google.protobuf.Duration bound, Blocker... blockers) {
    var progress =
        DrainProgress.newBuilder()
            .setOperations(OperationCounts.newBuilder().setWrite(3).setRead(1))
            .setLeases(4)
            .setSessions(212)
            .setBound(bound);
    for (Blocker blocker : blockers) {
      progress.addBlockers(blocker);
    }
    return progress.build();
  }

  private static DrainResponse message(DrainState state, DrainProgress progress) {
    return DrainResponse.newBuilder()
        .setState(state)
        .setMaintenance(OFFLINE)
        .setProgress(progress)
        .build();
  }

  private static DrainResponse draining(DrainProgress progress) {
    return message(DrainState.DRAIN_STATE_DRAINING, progress);
  }

  private static DrainResponse ended(DrainState state) {
    return message(state, DrainProgress.getDefaultInstance());
  }

  @Test
  void dryRun_tellsWhatADrainWouldWaitFor_andChangesNothing() {
    Shell.Result result =
        shell.run("maintenance", "set", "main", "read-only", "--dry-run", "--drain");
    assertThat(result.status()).isZero();
    assertThat(result.out())
        .contains("main would be read-only instead of none")
        .contains(
            "212 sessions to acknowledge, 3 writes and 1 read in the way, oldest 41m, at most 12s"
                + " if nobody renews")
        .contains(
            "  write lease of verify-agent on b17 (pid 4711) \"verify vm/100\", 41m old, renewed 2s"
                + " ago\n");
    assertThat(server.maintenance.sets.get(0).getValidateOnly()).isTrue();
    assertThat(server.maintenance.drains).isEmpty();
  }

  @Test
  void set_tellsTheWayBack_conditionalOnTheEtag() {
    server.maintenance.onSet(
        request -> answer(request, MaintenanceMode.MAINTENANCE_MODE_READ_ONLY));
    Shell.Result result =
        shell.run("maintenance", "set", "main", "offline", "--message=disk swap", "--etag=e7");
    assertThat(result.status()).isZero();
    assertThat(result.out())
        .contains("main is offline \"disk swap\" now instead of read-only \"an audit\"")
        .contains(
            "To go back: datastored maintenance set main read-only --message 'an audit' --etag e8"
                + " --server "
                + server.address());
    SetMaintenanceModeRequest request = server.maintenance.sets.get(0);
    assertThat(request.getMessage()).isEqualTo("disk swap");
    assertThat(request.getEtag()).isEqualTo("e7");
    assertThat(request.getValidateOnly()).isFalse();
  }

  @Test
  void set_withAnExpectedEnd_sendsTheTime() {
    assertThat(
            shell
                .run("maintenance", "set", "main", "offline", "--expected-end=2026-11-23T18:00:00Z")
                .status())
        .isZero();
    assertThat(Timestamps.toString(server.maintenance.sets.get(0).getExpectedEnd()))
        .isEqualTo("2026-11-23T18:00:00Z");
  }

  @Test
  void drain_printsALineForEachChange_andEndsWithZeroAtDrained() {
    server.maintenance.onDrain(
        (request, stream) -> {
          stream.onNext(draining(waiting(Durations.fromSeconds(12), VERIFY)));
          stream.onNext(draining(waiting(Durations.fromSeconds(11), VERIFY)));
          stream.onNext(
              draining(
                  DrainProgress.newBuilder()
                      .setOperations(OperationCounts.newBuilder().setWrite(2))
                      .addBlockers(
                          Blocker.newBuilder()
                              .setProcess(
                                  LocalProcess.newBuilder()
                                      .setPid(812)
                                      .setName("gc")
                                      .setOperations(OperationCounts.newBuilder().setWrite(2))))
                      .build()));
          stream.onNext(ended(DrainState.DRAIN_STATE_DRAINED));
          stream.onCompleted();
        });
    Shell.Result result =
        shell.run("maintenance", "set", "main", "offline", "--drain", "--timeout=10m");
    assertThat(result.status()).isZero();
    assertThat(result.out().lines().skip(1))
        .hasSize(6)
        .element(0)
        .asString()
        .startsWith("main: draining: 212 sessions to acknowledge, 3 writes and 1 read in the way");
    assertThat(result.out())
        .contains("  waits for write lease of verify-agent on b17 (pid 4711)")
        .contains("main: draining: 2 writes in the way, for as long as they take\n")
        .contains("  done: write lease of verify-agent")
        .contains("  waits for 2 writes of process 812 (gc) on the server's host\n")
        .containsPattern("main: DRAINED after \\d+\\.\\ds: nobody uses it");
    assertThat(server.maintenance.drains.get(0).getEtag()).isEqualTo("e8");
    assertThat(Durations.toSeconds(server.maintenance.drains.get(0).getTimeout()))
        .isBetween(540L, 600L);
  }

  @Test
  void drain_thatRunsOutOfTime_endsWithSix_andTellsTheWayBack() {
    server.maintenance.onDrain(
        (request, stream) ->
            stream.onNext(
                message(
                    DrainState.DRAIN_STATE_TIMED_OUT, waiting(Durations.fromSeconds(9), VERIFY))));
    Shell.Result result =
        shell.run("maintenance", "set", "main", "offline", "--drain", "--timeout=1s");
    assertThat(result.status()).isEqualTo(6);
    assertThat(result.out())
        .contains("main: TIMED OUT after", "The maintenance mode is still set.");
    assertThat(result.err()).contains("To go back: datastored maintenance clear main --etag e8");
  }

  @Test
  void drain_whoseModeIsChanged_endsWithOne() {
    server.maintenance.onDrain(
        (request, stream) -> stream.onNext(ended(DrainState.DRAIN_STATE_ABORTED)));
    Shell.Result result = shell.run("maintenance", "drain", "main", "--etag=e7", "--force");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.out()).contains("main: ABORTED after");
    assertThat(server.maintenance.drains.get(0).getForce()).isTrue();
    assertThat(server.maintenance.drains.get(0).getEtag()).isEqualTo("e7");
  }

  @Test
  void drain_besideProxmoxBackupServer_saysWhatCannotBeSeen() {
    server.maintenance.onDrain(
        (request, stream) -> {
          Blocker unseen =
              Blocker.newBuilder()
                  .setUnseen(
                      UnseenOperations.newBuilder()
                          .setProgram("Proxmox Backup Server")
                          .setDetail("its proxy is alive; repeat with --ignore-pbs"))
                  .build();
          stream.onNext(draining(DrainProgress.newBuilder().addBlockers(unseen).build()));
          stream.onNext(ended(DrainState.DRAIN_STATE_TIMED_OUT));
        });
    Shell.Result result = shell.run("maintenance", "drain", "main", "--timeout=1s");
    assertThat(result.status()).isEqualTo(6);
    assertThat(result.out())
        .contains(
            "main: draining: operations of Proxmox Backup Server cannot be seen, for as long as"
                + " they take")
        .contains(
            "waits for operations of Proxmox Backup Server cannot be seen: its proxy is alive;"
                + " repeat with --ignore-pbs");
    assertThat(server.maintenance.drains.get(0).getIgnorePbs()).isFalse();
  }

  @Test
  void drain_ignorePbs_isAskedFor_andToldAtTheEnd() {
    server.maintenance.onDrain(
        (request, stream) ->
            stream.onNext(
                ended(DrainState.DRAIN_STATE_DRAINED).toBuilder()
                    .setProgress(DrainProgress.newBuilder().setPbsIgnored(true))
                    .build()));
    for (String[] command :
        new String[][] {
          {"maintenance", "drain", "main", "--ignore-pbs"},
          {"maintenance", "set", "main", "offline", "--drain", "--ignore-pbs"}
        }) {
      Shell.Result result = shell.run(command);
      assertThat(result.status()).isZero();
      assertThat(result.out())
          .contains("main: DRAINED after")
          .contains(
              "Operations of Proxmox Backup Server were not seen and not waited for"
                  + " (--ignore-pbs).");
    }
    assertThat(server.maintenance.drains).hasSize(2).allMatch(DrainRequest::getIgnorePbs);
    assertThat(shell.run("maintenance", "set", "main", "offline", "--ignore-pbs").status())
        .as("without --drain")
        .isEqualTo(2);
  }

  @Test
  void drain_stoppedByCtrlC_leavesTheMode_tellsTheWayBack_andEndsWith130() {
    server.maintenance.onDrain(
        (request, stream) -> stream.onNext(draining(waiting(Durations.fromSeconds(9), VERIFY))));
    try (var command =
        new BackgroundCommand(
            "maintenance", "set", "main", "offline", "--drain", "--server=" + server.address())) {
      command.awaitOut("waits for write lease");
      assertThat(command.stop()).isEqualTo(130);
      assertThat(command.err())
          .contains("stopped waiting; the maintenance mode is still set")
          .contains("To go back: datastored maintenance clear main --etag e8 --server ");
    }
    assertThat(server.maintenance.sets).hasSize(1);
  }

  /** Pasted as it stands it must reach the same server. */
  @Test
  void wayBack_hasTheOptionsThatReachTheServer() {
    Shell.Result result =
        new Shell()
            .run(
                "maintenance",
                "set",
                "main",
                "offline",
                "--insecure",
                "--server=" + server.address());
    assertThat(result.out()).contains("--etag e8 --server " + server.address() + " --insecure\n");
  }

  @Test
  void drain_overARestart_isAskedAgain_aboutTheSameMode() {
    server.maintenance.onDrain(
        (request, stream) -> {
          if (server.maintenance.drains.size() == 1) {
            stream.onNext(draining(waiting(Durations.fromSeconds(9), VERIFY)));
            stream.onError(
                ScriptedServer.refusal(
                    Status.Code.UNAVAILABLE,
                    "NOT_READY",
                    Map.of(),
                    RetryInfo.newBuilder().setRetryDelay(Durations.fromMillis(10)).build()));
          } else {
            stream.onNext(ended(DrainState.DRAIN_STATE_DRAINED));
          }
        });
    Shell.Result result = shell.run("maintenance", "drain", "main", "--etag", "e8");
    assertThat(result.status()).as(result.toString()).isZero();
    assertThat(result.err()).contains("is not ready", "Retrying in");
    assertThat(server.maintenance.drains.get(1).getEtag())
        .as("settings may have changed it meanwhile")
        .isEmpty();
  }

  @Test
  void drain_overARestart_thatMeetsAnotherMode_isAborted() {
    server.maintenance.onDrain(
        (request, stream) -> {
          if (server.maintenance.drains.size() == 1) {
            stream.onNext(draining(waiting(Durations.fromSeconds(9), VERIFY)));
            stream.onCompleted();
          } else {
            stream.onNext(
                ended(DrainState.DRAIN_STATE_DRAINED).toBuilder()
                    .setMaintenance(
                        OFFLINE.toBuilder().setSince(Timestamps.fromSeconds(1_795_000_999)))
                    .build());
          }
        });
    Shell.Result result = shell.run("maintenance", "drain", "main");
    assertThat(result.status()).as(result.toString()).isEqualTo(1);
    assertThat(result.out()).contains("ABORTED").doesNotContain("DRAINED");
  }

  @Test
  void drain_inJson_printsEachMessage() {
    server.maintenance.onDrain(
        (request, stream) -> {
          stream.onNext(draining(waiting(Durations.fromSeconds(9), VERIFY)));
          stream.onNext(ended(DrainState.DRAIN_STATE_DRAINED));
        });
    Shell.Result result = shell.run("maintenance", "drain", "main", "--output=json");
    assertThat(result.status()).isZero();
    assertThat(result.out().lines()).hasSize(2);
    assertThat(result.out()).contains("\"state\":\"DRAIN_STATE_DRAINED\"");
  }

  @Test
  void drain_onATerminal_isDrawnOver_inLinesThatDoNotWrap() {
    server.maintenance.onDrain(
        (request, stream) -> {
          stream.onNext(
              draining(
                  waiting(
                      Durations.fromSeconds(9),
                      VERIFY,
                      Blocker.newBuilder()
                          .setSession(
                              Session.newBuilder()
                                  .setHolder(Holder.newBuilder().setClient("\u001b[2Jx"))
                                  .setLag(Durations.fromSeconds(8)))
                          .build())));
          stream.onNext(ended(DrainState.DRAIN_STATE_DRAINED));
        });
    Shell.Result result = shell.on(Terminal.TERMINAL).run("maintenance", "drain", "main");
    assertThat(result.status()).isZero();
    assertThat(result.out()).contains("\u001b[3F\u001b[Jmain: DRAINED").doesNotContain("\u001b[2J");
    assertThat(result.out().lines().limit(3)).allMatch(line -> line.length() < 80);
  }

  @Test
  void drain_ofADatastoreInService_saysWhatToDoFirst() {
    server.maintenance.onDrain(
        (request, stream) ->
            stream.onError(
                ScriptedServer.refusal(
                    Status.Code.FAILED_PRECONDITION,
                    "NOT_UNDER_MAINTENANCE",
                    Map.of("datastore", "main"))));
    Shell.Result result = shell.run("maintenance", "drain", "main", "--output=json");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err())
        .contains("main is in service", "datastored maintenance set main MODE --drain");
    assertThat(result.out()).contains("\"reason\":\"NOT_UNDER_MAINTENANCE\"");
  }

  @Test
  void drain_withoutAServer_endsWithThree() throws Exception {
    server.close();
    assertThat(shell.run("maintenance", "drain", "main").status()).isEqualTo(3);
  }

  @Test
  void clear_ofAModeThatStays_printsTheCommandThatClearsItAllTheSame() {
    server.maintenance.onSet(
        request -> {
          throw ScriptedServer.refusal(
              Status.Code.FAILED_PRECONDITION,
              "MODE_CHANGE_REFUSED",
              Map.of(
                  "datastore", "main",
                  "mode", "DELETE",
                  "message", "moved to b18",
                  "since", "2026-11-23T05:40:28Z",
                  "set_by", "10.0.0.7:4711",
                  "etag", "e9"));
        });
    Shell.Result result = shell.run("maintenance", "clear", "main");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err())
        .isEqualTo(
            "datastored maintenance clear: main stays in mode delete \"moved to b18\" since"
                + " 2026-11-23T05:40:28Z, set by 10.0.0.7:4711: somebody is removing it. To put it"
                + " back into service anyway: datastored maintenance clear main --etag e9\n");
  }
}
