package io.datastored.client.internal.cache;

import static io.datastored.client.Operation.LOOKUP;
import static io.datastored.client.Operation.READ;
import static io.datastored.client.Operation.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.client.ClientFixture;
import io.datastored.client.ClientState;
import io.datastored.client.Handle;
import io.datastored.client.LookupOptions;
import io.datastored.client.Origin;
import io.datastored.client.RefusedException;
import io.datastored.client.SuspectReads;
import io.datastored.v1.Datastore;
import io.datastored.v1.ErrorReason;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MountState;
import io.datastored.v1.Revision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Which lookups are answered from memory and which by the server, and how leases are acquired and
 * released.
 */
final class NearCacheTest {

  private static final LookupOptions SUSPECT =
      LookupOptions.DEFAULT.withSuspectReads(SuspectReads.ALLOWED);

  private final ClientFixture f = new ClientFixture();

  @Test
  void lookup_fresh_asksOncePerDatastoreAndKind() {
    f.start();
    Handle asked = f.lookup(WRITE);
    Handle cached = f.lookup(WRITE);
    assertThat(asked.origin()).isEqualTo(Origin.SERVER);
    assertThat(cached.origin()).isEqualTo(Origin.CACHE);
    assertThat(cached.leaseId()).isEqualTo(asked.leaseId());
    assertThat(cached.fencingToken()).isEqualTo(asked.fencingToken());
    assertThat(f.lookup(LOOKUP).origin()).isEqualTo(Origin.CACHE);
    assertThat(f.lookup(READ).leaseId()).isNotEqualTo(asked.leaseId());
    assertThat(f.server.calls("Lookup")).isEqualTo(2);
    assertThat(f.server.leases()).hasSize(2);
  }

  @Test
  void lookup_herd_costsOneCall() {
    f.start();
    List<CompletableFuture<Handle>> herd = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      herd.add(f.client.lookupAsync("main", READ, LookupOptions.DEFAULT));
    }
    f.time.run();
    herd.forEach(answer -> assertThat(answer.join().alive()).isTrue());
    assertThat(f.server.calls("Lookup")).isEqualTo(1);
    assertThat(f.client.toString()).contains("FRESH");
  }

  @Test
  void close_repeated_releasesOnce() {
    f.start();
    Handle first = f.lookup(WRITE);
    Handle second = f.lookup(WRITE);
    first.close();
    first.close();
    f.seconds(60);
    assertThat(f.server.leases()).as("the second is open").hasSize(1);
    assertThat(second.alive()).isTrue();
    second.close();
    f.seconds(6);
    assertThat(f.server.leases()).isEmpty();
    assertThat(f.server.calls("Release")).isEqualTo(1);
  }

  @Test
  void linger_idleLease_isKeptForAWhile_andUsePutsThatOff() {
    f.start();
    f.lookup(WRITE).close();
    for (int i = 0; i < 10; i++) {
      f.seconds(3);
      f.lookup(WRITE).close();
    }
    assertThat(f.server.calls("Lookup")).isEqualTo(1);
    f.seconds(6);
    assertThat(f.server.leases()).isEmpty();
    assertThat(f.lookup(WRITE).origin()).isEqualTo(Origin.SERVER);
  }

  @Test
  void mode_pushed_refusesNewOnes_letsOldOnesGoOn_andGivesTheLeaseBackAtTheLastClose() {
    f.start();
    Handle open = f.lookup(WRITE);
    f.server.setMode("main", MaintenanceMode.MAINTENANCE_MODE_READ_ONLY, "disk swap");
    f.time.run();
    RefusedException refused = f.refusal(WRITE);
    assertThat(refused.origin()).isEqualTo(Origin.CACHE);
    assertThat(refused.reason()).isEqualTo(ErrorReason.ERROR_REASON_UNDER_MAINTENANCE);
    assertThat(refused.metadata().keySet())
        .isEqualTo(
            Set.of(
                "datastore",
                "operation",
                "mode",
                "message",
                "since",
                "expected_end",
                "generation"));
    assertThat(refused.metadata()).containsEntry("mode", "READ_ONLY");
    assertThat(open.alive()).isTrue();
    assertThat(f.server.leases()).hasSize(1);
    open.close();
    f.time.run();
    assertThat(f.server.leases()).isEmpty();
    f.lookup(READ).close();
  }

  @Test
  void mode_pushedWhileIdle_givesTheLeaseBackAtOnce() {
    f.start();
    f.lookup(WRITE).close();
    f.server.setMode("main", MaintenanceMode.MAINTENANCE_MODE_OFFLINE, "");
    f.time.run();
    assertThat(f.server.leases()).isEmpty();
  }

  @Test
  void mode_clearedAgain_keepsTheLease() {
    f.start();
    Handle open = f.lookup(WRITE);
    f.server.setMode("main", MaintenanceMode.MAINTENANCE_MODE_OFFLINE, "");
    f.server.setMode("main", MaintenanceMode.MAINTENANCE_MODE_NONE, "");
    f.time.run();
    open.close();
    f.time.run();
    assertThat(f.lookup(WRITE).origin()).isEqualTo(Origin.CACHE);
  }

  @Test
  void mode_unknown_isTreatedAsOffline() {
    f.start();
    f.server.setModeNumber("main", 99);
    f.time.run();
    assertThat(f.refusal(READ).metadata()).containsEntry("mode", "OFFLINE");
    assertThat(f.refusal(READ).origin()).isEqualTo(Origin.CACHE);
    f.lookup(LOOKUP).close();
  }

  @Test
  void mode_delete_refusesEvenLookup() {
    f.start();
    f.server.setMode("main", MaintenanceMode.MAINTENANCE_MODE_DELETE, "");
    f.time.run();
    assertThat(f.refusal(LOOKUP).origin()).isEqualTo(Origin.CACHE);
  }

  @Test
  void notMounted_isRefusedFromMemory_withTheDevice() {
    f.start();
    Datastore.Builder removable = f.lookup(LOOKUP).datastore().toBuilder();
    removable
        .setMountState(MountState.MOUNT_STATE_NOT_MOUNTED)
        .getSettingsBuilder()
        .setBackingDevice("uuid");
    f.server.put(removable.build());
    f.time.run();
    RefusedException refused = f.refusal(READ);
    assertThat(refused.reason()).isEqualTo(ErrorReason.ERROR_REASON_NOT_MOUNTED);
    assertThat(refused.origin()).isEqualTo(Origin.CACHE);
    assertThat(refused.metadata().keySet()).isEqualTo(Set.of("datastore", "device", "generation"));
    f.lookup(LOOKUP).close();
  }

  @Test
  void negativeAnswer_isRemembered_untilAFrameTouchesTheName() {
    f.start();
    assertThatThrownBy(() -> f.lookup("new", READ, LookupOptions.DEFAULT))
        .isInstanceOf(RefusedException.class);
    assertThatThrownBy(() -> f.lookup("new", LOOKUP, LookupOptions.DEFAULT))
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.origin()).isEqualTo(Origin.CACHE));
    f.server.put("new");
    f.time.run();
    f.lookup("new", LOOKUP, LookupOptions.DEFAULT).close();
    assertThat(f.server.calls("Lookup")).isEqualTo(1);
  }

  @Test
  void negativeAnswer_tooOld_isAskedAgain() {
    f.start();
    assertThatThrownBy(() -> f.lookup("new", READ, LookupOptions.DEFAULT))
        .isInstanceOf(RefusedException.class);
    f.seconds(5);
    assertThatThrownBy(() -> f.lookup("new", READ, LookupOptions.DEFAULT))
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.origin()).isEqualTo(Origin.SERVER));
  }

  @Test
  void negativeAnswer_overtakenByTheFrameThatBringsTheDatastore_isNotRemembered() {
    f.start();
    f.server.refuseNext(
        "Lookup",
        ErrorReason.ERROR_REASON_DATASTORE_NOT_FOUND,
        io.grpc.Status.Code.NOT_FOUND,
        Map.of("datastore", "new"));
    f.server.holdNextRequest("Lookup");
    CompletableFuture<Handle> asked = f.client.lookupAsync("new", LOOKUP, LookupOptions.DEFAULT);
    f.time.run();
    f.server.put("new");
    f.time.run();
    f.server.letGo();
    f.time.run();
    assertThat(asked).isCompletedExceptionally();
    f.lookup("new", LOOKUP, LookupOptions.DEFAULT).close();
  }

  @Test
  void fill_olderThanWhatWasPushed_isDiscarded_andItsModeLookedAtAgain() {
    f.start();
    f.server.holdNextAnswer("Lookup");
    CompletableFuture<Handle> asked = f.ask(WRITE);
    f.server.setMode("main", MaintenanceMode.MAINTENANCE_MODE_OFFLINE, "");
    f.time.run();
    f.server.letGo();
    f.time.run();
    assertThatThrownBy(() -> ClientFixture.result(asked))
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.metadata()).containsEntry("mode", "OFFLINE"));
    assertThat(f.server.leases()).as("given back").isEmpty();
  }

  @Test
  void fill_newerThanTheWatch_isUsed_andNoOlderFrameUndoesIt() {
    f.start();
    f.server.muteWatches();
    Revision written = f.server.put("main");
    Handle asked = f.lookup("main", LOOKUP, LookupOptions.DEFAULT.withAtLeast(written));
    assertThat(asked.origin()).isEqualTo(Origin.SERVER);
    assertThat(f.lookup(LOOKUP).revision()).isEqualTo(written);
    assertThat(f.lookup(LOOKUP).origin()).isEqualTo(Origin.CACHE);
  }

  @Test
  void maxAge_exceeded_asksTheServer() {
    f.start();
    f.lookup(WRITE).close();
    f.seconds(2);
    Handle asked = f.lookup("main", WRITE, LookupOptions.DEFAULT.withMaxAge(Duration.ofSeconds(1)));
    assertThat(asked.origin()).isEqualTo(Origin.SERVER);
    assertThat(asked.age()).isZero();
    assertThat(f.server.leases()).as("confirmed, not doubled").hasSize(1);
    Handle cached =
        f.lookup("main", WRITE, LookupOptions.DEFAULT.withMaxAge(Duration.ofSeconds(3)));
    assertThat(cached.origin()).isEqualTo(Origin.CACHE);
    assertThat(cached.age()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void atLeast_ofAnotherHistory_isRefusedByTheServer() {
    f.start();
    Revision foreign =
        Revision.newBuilder().setIncarnation("0123456789abcdef").setGeneration(1).build();
    assertThatThrownBy(() -> f.lookup("main", LOOKUP, LookupOptions.DEFAULT.withAtLeast(foreign)))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.reason()).isEqualTo(ErrorReason.ERROR_REASON_WRONG_INCARNATION));
  }

  @Test
  void suspect_writeAsks_readIsLocalOnlyIfAllowed() {
    f.start();
    f.lookup(READ).close();
    Handle write = f.lookup(WRITE);
    f.server.loseNextAnswer("KeepAlive");
    f.time.stall(Duration.ofMillis(6001));
    assertThat(f.client.state()).isEqualTo(ClientState.SUSPECT);
    Handle local = f.client.lookupAsync("main", READ, SUSPECT).join();
    assertThat(local.origin()).isEqualTo(Origin.CACHE);
    assertThat(f.client.lookupAsync("main", READ, LookupOptions.DEFAULT)).isNotDone();
    assertThat(f.client.lookupAsync("main", WRITE, SUSPECT)).isNotDone();
    assertThat(write.alive()).isTrue();
  }

  @Test
  void selection_othersAreAlwaysAsked_underOneLease() {
    var g = new ClientFixture(options -> options.datastores(List.of("oth*"))).start();
    assertThat(g.stats().datastores()).isEqualTo(1);
    Handle first = g.lookup(WRITE);
    Handle second = g.lookup(WRITE);
    assertThat(second.origin()).isEqualTo(Origin.SERVER);
    assertThat(second.leaseId()).isEqualTo(first.leaseId());
    assertThat(g.server.leases()).hasSize(1);
  }

  @Test
  void handle_closed_saysSo() {
    f.start();
    Handle handle = f.lookup(WRITE);
    assertThat(handle.toString()).contains("WRITE lease", "token", "SERVER");
    handle.close();
    assertThat(handle.alive()).isFalse();
    assertThat(handle.validFor()).isZero();
    assertThat(handle.toString()).contains("closed");
  }
}
