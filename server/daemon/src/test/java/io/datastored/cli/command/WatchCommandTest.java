package io.datastored.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.util.Durations;
import com.google.rpc.RetryInfo;
import io.datastored.cli.BackgroundCommand;
import io.datastored.cli.ScriptedServer;
import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreSettings;
import io.datastored.v1.Maintenance;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MountState;
import io.datastored.v1.Revision;
import io.datastored.v1.SnapshotReason;
import io.datastored.v1.WatchBookmark;
import io.datastored.v1.WatchChange;
import io.datastored.v1.WatchGenerationResponse;
import io.datastored.v1.WatchSnapshot;
import io.grpc.Status;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WatchCommandTest {

  @AutoClose private ScriptedServer server;

  @BeforeEach
  void start() throws Exception {
    server = new ScriptedServer();
  }

  private BackgroundCommand watch(String... args) {
    String[] all = new String[args.length + 3];
    System.arraycopy(args, 0, all, 3, args.length);
    all[0] = "watch";
    all[1] = "--server";
    all[2] = server.address();
    return new BackgroundCommand(all);
  }

  private static Revision revision(long generation) {
    return Revision.newBuilder()
        .setIncarnation("00c0ffee00c0ffee")
        .setGeneration(generation)
        .build();
  }

  private static Datastore datastore(String name, MaintenanceMode mode, String comment) {
    return Datastore.newBuilder()
        .setName(name)
        .setEtag(mode + comment)
        .setMaintenance(Maintenance.newBuilder().setMode(mode))
        .setMountState(MountState.MOUNT_STATE_NOT_REMOVABLE)
        .setSettings(DatastoreSettings.newBuilder().setPath("/srv/" + name).setComment(comment))
        .build();
  }

  private static Datastore good(String name) {
    return datastore(name, MaintenanceMode.MAINTENANCE_MODE_NONE, "old");
  }

  private static WatchGenerationResponse.Builder snapshot(
      SnapshotReason reason, Datastore... datastores) {
    var snapshot = WatchSnapshot.newBuilder().setReason(reason);
    for (Datastore datastore : datastores) {
      snapshot.addDatastores(datastore);
    }
    return WatchGenerationResponse.newBuilder().setSnapshot(snapshot);
  }

  private static WatchGenerationResponse.Builder change(long generations, Datastore... datastores) {
    var change = WatchChange.newBuilder().setGenerations(generations);
    for (Datastore datastore : datastores) {
      change.addChanged(datastore);
    }
    return WatchGenerationResponse.newBuilder().setChange(change);
  }

  @Test
  void watch_printsTheSnapshot_andThenWhatChanged() {
    server.onWatch(
        (request, stream) -> {
          stream.onNext(
              snapshot(SnapshotReason.SNAPSHOT_REASON_REQUESTED, good("main"), good("usb"))
                  .setRevision(revision(7))
                  .build());
          stream.onNext(
              change(1, datastore("main", MaintenanceMode.MAINTENANCE_MODE_READ_ONLY, "new"))
                  .setRevision(revision(8))
                  .build());
          stream.onNext(
              WatchGenerationResponse.newBuilder()
                  .setRevision(revision(11))
                  .setChange(WatchChange.newBuilder().addRemoved("usb").setGenerations(3))
                  .build());
        });
    try (var command = watch("--view", "full", "main", "us*")) {
      command.awaitOut("(3 generations in one)");
      assertThat(command.out())
          .contains("00c0ffee00c0ffee/7 2 datastores")
          .contains("/7 usb is there: mode none, not removable, path \"/srv/usb\"")
          .contains("/8 main mode none -> read-only, comment \"old\" -> \"new\"")
          .contains("/11 usb is removed");
      assertThat(command.stop()).isZero();
    }
    assertThat(server.watches.get(0).getDatastoresList()).containsExactly("main", "us*");
  }

  @Test
  void watch_ofPartsOfAFrame_appliesThemTogether() {
    server.onWatch(
        (request, stream) -> {
          stream.onNext(snapshot(SnapshotReason.SNAPSHOT_REASON_REQUESTED, good("first")).build());
          stream.onNext(
              snapshot(SnapshotReason.SNAPSHOT_REASON_REQUESTED, good("second"))
                  .setRevision(revision(7))
                  .build());
        });
    try (var command = watch("--output", "json")) {
      command.awaitOut("second");
      assertThat(command.out().lines()).hasSize(1);
      assertThat(command.out()).contains("first");
    }
  }

  @Test
  void watch_ofABrokenStream_obeysRetryInfo_andResumesFromTheLastWholeFrame() {
    server.onWatch(
        (request, stream) -> {
          if (!request.hasKnown()) {
            stream.onNext(
                snapshot(SnapshotReason.SNAPSHOT_REASON_REQUESTED, good("main"))
                    .setRevision(revision(7))
                    .build());
            stream.onNext(change(1, good("part")).build());
            stream.onError(
                ScriptedServer.refusal(
                    Status.Code.UNAVAILABLE,
                    "NOT_READY",
                    Map.of(),
                    RetryInfo.newBuilder().setRetryDelay(Durations.fromMillis(700)).build()));
          } else {
            stream.onNext(
                WatchGenerationResponse.newBuilder()
                    .setRevision(request.getKnown())
                    .setBookmark(WatchBookmark.newBuilder().setInterval(Durations.fromSeconds(1)))
                    .build());
          }
        });
    try (var command = watch()) {
      command.awaitOut("connected again; nothing has changed");
      assertThat(command.err()).contains("is not ready", "Retrying in 700ms.");
      assertThat(command.out()).doesNotContain("part");
    }
    assertThat(server.watches.get(1).getKnown()).isEqualTo(revision(7));
  }

  @Test
  void watch_ofAFrameFromALaterVersion_asksAgainWithoutKnown() {
    server.onWatch(
        (request, stream) -> {
          stream.onNext(
              snapshot(SnapshotReason.SNAPSHOT_REASON_REQUESTED, good("main"))
                  .setRevision(revision(7))
                  .build());
          if (server.watches.size() == 1) {
            stream.onNext(WatchGenerationResponse.newBuilder().setRevision(revision(8)).build());
          } else {
            stream.onNext(change(1, good("later")).setRevision(revision(9)).build());
          }
        });
    try (var command = watch()) {
      command.awaitOut("later is there");
    }
    assertThat(server.watches.get(1).hasKnown()).isFalse();
  }

  @Test
  void watch_setToAnotherHistory_tellsWhy_andOnlyWhatDiffers() {
    server.onWatch(
        (request, stream) -> {
          if (!request.hasKnown()) {
            stream.onNext(
                snapshot(SnapshotReason.SNAPSHOT_REASON_REQUESTED, good("main"), good("usb"))
                    .setRevision(revision(7))
                    .build());
            stream.onCompleted();
          } else {
            stream.onNext(
                snapshot(SnapshotReason.SNAPSHOT_REASON_WRONG_INCARNATION, good("main"))
                    .setRevision(revision(1))
                    .build());
          }
        });
    try (var command = watch()) {
      command.awaitOut("usb is removed");
      assertThat(command.out())
          .contains("the server has another history")
          .containsOnlyOnce("main is there");
    }
  }

  @Test
  void watch_withExec_runsTheCommand_forWhatIsThere_andWhatChanges(@TempDir Path directory)
      throws Exception {
    server.onWatch(
        (request, stream) -> {
          stream.onNext(
              snapshot(SnapshotReason.SNAPSHOT_REASON_REQUESTED, good("main"), good("usb"))
                  .setRevision(revision(1))
                  .build());
          stream.onNext(
              WatchGenerationResponse.newBuilder()
                  .setChange(WatchChange.newBuilder().setGenerations(1).addRemoved("usb"))
                  .setRevision(revision(2))
                  .build());
        });
    Path told = directory.resolve("told");
    String command = "echo \"$DATASTORED_DATASTORE $(cat)\" >>" + told;
    try (var watch = watch("--exec", command, "--exec-parallel", "1")) {
      watch.awaitOut("usb is removed");
      await()
          .untilAsserted(
              () -> {
                assertThat(told).content().contains("main {", "\"path\":\"/srv/main\"");
                assertThat(told).content().endsWith("\"removed\":[\"usb\"]}}\n");
              });
    }
  }

  @Test
  void watch_withExecOptionsOutOfRange_saysWhich() {
    try (var command = watch("--exec", "true", "--exec-parallel", "0")) {
      assertThat(command.awaitStatus()).isEqualTo(2);
      assertThat(command.err()).contains("--exec-parallel must be at least 1");
    }
    try (var command = watch("--exec", "true", "--exec-retry", "2m")) {
      assertThat(command.awaitStatus()).isEqualTo(2);
      assertThat(command.err()).contains("--exec-retry must be 1ms to 1m");
    }
  }

  @Test
  void watch_ofAModeFromALaterVersion_readsItAsOffline() {
    server.onWatch(
        (request, stream) -> {
          Datastore odd =
              good("main").toBuilder()
                  .setMaintenance(Maintenance.newBuilder().setModeValue(99))
                  .build();
          stream.onNext(
              snapshot(SnapshotReason.SNAPSHOT_REASON_REQUESTED, odd)
                  .setRevision(revision(7))
                  .build());
        });
    try (var command = watch()) {
      command.awaitOut("mode offline (a mode unknown here)");
    }
  }

  @Test
  void watch_thatIsRefused_endsWithItsStatus() {
    server.onWatch(
        (request, stream) ->
            stream.onError(
                ScriptedServer.refusal(Status.Code.INVALID_ARGUMENT, "INVALID_REQUEST", Map.of())));
    try (var command = watch("**")) {
      assertThat(command.awaitStatus()).isEqualTo(2);
    }
  }

  @Test
  void watch_withoutAServer_endsWithThree() throws Exception {
    server.close();
    try (var command = watch()) {
      assertThat(command.awaitStatus()).isEqualTo(3);
      assertThat(command.err()).contains("No server answers");
    }
  }
}
