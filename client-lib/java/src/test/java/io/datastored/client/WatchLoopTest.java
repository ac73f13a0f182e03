package io.datastored.client;

import static io.datastored.client.Operation.LOOKUP;
import static io.datastored.client.Operation.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.v1.Datastore;
import io.datastored.v1.Revision;
import io.datastored.v1.SnapshotReason;
import io.datastored.v1.WatchBookmark;
import io.datastored.v1.WatchChange;
import io.datastored.v1.WatchGenerationResponse;
import io.datastored.v1.WatchSnapshot;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Frames, parts, resumption and backoff. */
final class WatchLoopTest {

  private final ClientFixture f = new ClientFixture();

  @Test
  void change_isAppliedAndTold_withItsDatastores() {
    f.start();
    Revision written = f.server.put("third");
    f.time.run();
    AppliedFrame last = f.frames.get(f.frames.size() - 1);
    assertThat(last.kind()).isEqualTo(AppliedFrame.Kind.CHANGE);
    assertThat(last.changed()).containsExactly("third");
    assertThat(last.datastores()).extracting(Datastore::getName).containsExactly("third");
    assertThat(last.generations()).isEqualTo(1);
    assertThat(last.revision()).isEqualTo(written);
    f.server.remove("third");
    f.time.run();
    assertThat(f.frames.get(f.frames.size() - 1).removed()).containsExactly("third");
  }

  @Test
  void brokenStream_resumesWithWhatIsApplied_withoutASnapshot() {
    f.start();
    Revision applied = f.client.applied().orElseThrow();
    f.server.breakWatches();
    f.server.put("third");
    f.seconds(1);
    assertThat(f.server.watchRequests()).hasSize(2);
    assertThat(f.server.watchRequests().get(1).getKnown()).isEqualTo(applied);
    assertThat(f.stats().snapshots()).isEqualTo(1);
    f.lookup("third", LOOKUP, LookupOptions.DEFAULT).close();
  }

  @Test
  void parts_areAppliedTogetherWithTheLast() {
    f.start();
    f.server.send(
        now ->
            WatchGenerationResponse.newBuilder()
                .setChange(WatchChange.newBuilder().addChanged(datastore("part1")))
                .build());
    f.time.run();
    assertThat(f.stats().datastores()).isEqualTo(2);
    f.server.send(
        now ->
            WatchGenerationResponse.newBuilder()
                .setRevision(after(now))
                .setChange(
                    WatchChange.newBuilder().addChanged(datastore("part2")).setGenerations(1))
                .build());
    f.time.run();
    assertThat(f.stats().datastores()).isEqualTo(4);
  }

  @Test
  void parts_ofAStreamThatBroke_areForgotten() {
    f.start();
    f.server.send(
        now ->
            WatchGenerationResponse.newBuilder()
                .setChange(WatchChange.newBuilder().addChanged(datastore("part1")))
                .build());
    f.time.run();
    f.server.breakWatches();
    f.server.put("third");
    f.seconds(1);
    assertThat(f.stats().datastores()).isEqualTo(3);
  }

  @Test
  void snapshotInParts_isResyncUntilItIsWhole() {
    f.start();
    f.server.send(
        now ->
            WatchGenerationResponse.newBuilder()
                .setSnapshot(
                    WatchSnapshot.newBuilder()
                        .setReason(SnapshotReason.SNAPSHOT_REASON_TOO_OLD)
                        .addDatastores(datastore("main")))
                .build());
    f.time.run();
    assertThat(f.client.state()).isEqualTo(ClientState.RESYNC);
    f.server.send(
        now ->
            WatchGenerationResponse.newBuilder()
                .setRevision(now)
                .setSnapshot(WatchSnapshot.newBuilder().addDatastores(datastore("next")))
                .build());
    f.time.run();
    assertThat(f.client.state()).isEqualTo(ClientState.FRESH);
    assertThat(f.frames.get(f.frames.size() - 1).changed())
        .containsExactlyInAnyOrder("main", "next");
    assertThat(f.frames.get(f.frames.size() - 1).removed()).containsExactly("other");
  }

  @Test
  void olderAndDoubledFrames_areDropped() {
    f.start();
    Revision applied = f.client.applied().orElseThrow();
    f.server.send(
        now ->
            WatchGenerationResponse.newBuilder()
                .setRevision(now)
                .setChange(WatchChange.newBuilder().addRemoved("main").setGenerations(1))
                .build());
    f.server.send(
        now ->
            WatchGenerationResponse.newBuilder()
                .setRevision(now.toBuilder().setGeneration(1))
                .setSnapshot(WatchSnapshot.getDefaultInstance())
                .build());
    f.server.send(
        now ->
            WatchGenerationResponse.newBuilder()
                .setRevision(now.toBuilder().setGeneration(1))
                .setBookmark(WatchBookmark.getDefaultInstance())
                .build());
    f.time.run();
    assertThat(f.client.applied()).contains(applied);
    assertThat(f.stats().framesDropped()).isEqualTo(3);
    f.lookup(LOOKUP).close();
  }

  @Test
  void changeOfRights_atTheAppliedRevision_isApplied() {
    f.start();
    Revision applied = f.client.applied().orElseThrow();
    f.server.send(
        now ->
            WatchGenerationResponse.newBuilder()
                .setRevision(now)
                .setFiltered(true)
                .setChange(
                    WatchChange.newBuilder().addChanged(datastore("shown")).addRemoved("main"))
                .build());
    f.time.run();
    AppliedFrame last = f.frames.get(f.frames.size() - 1);
    assertThat(last.changed()).containsExactly("shown");
    assertThat(last.removed()).containsExactly("main");
    assertThat(last.generations()).isZero();
    assertThat(f.stats().framesDropped()).isZero();
    assertThat(f.client.applied()).contains(applied);
    assertThat(f.client.state()).isEqualTo(ClientState.FRESH);
    f.lookup("shown", LOOKUP, LookupOptions.DEFAULT).close();
    assertThat(f.server.calls("Lookup")).isZero();
    f.lookup(LOOKUP).close();
    assertThat(f.server.calls("Lookup")).as("main is no longer in memory").isEqualTo(1);
  }

  @Test
  void unknownFrame_watchesAgainWithoutKnown() {
    f.start();
    f.server.send(now -> WatchGenerationResponse.newBuilder().setRevision(after(now)).build());
    f.seconds(1);
    assertThat(f.server.watchRequests()).hasSize(2);
    assertThat(f.server.watchRequests().get(1).hasKnown()).isFalse();
    assertThat(f.client.applied()).contains(f.server.revision());
  }

  @Test
  void changeOfAnotherHistory_isNotApplied_onlyItsSnapshotIs() {
    f.start();
    f.server.send(
        now ->
            WatchGenerationResponse.newBuilder()
                .setRevision(now.toBuilder().setIncarnation("0123456789abcdef").setGeneration(99))
                .setChange(WatchChange.newBuilder().addRemoved("main").setGenerations(1))
                .build());
    f.seconds(1);
    f.lookup(LOOKUP).close();
    f.server.loseHistory();
    f.seconds(1);
    assertThat(f.client.applied()).contains(f.server.revision());
    assertThat(f.frames.get(f.frames.size() - 1).reason())
        .contains(SnapshotReason.SNAPSHOT_REASON_WRONG_INCARNATION);
  }

  @Test
  void ahead_goesBack() {
    f.start();
    f.server.put("third");
    f.time.run();
    f.server.setBack(2);
    f.seconds(1);
    assertThat(f.client.applied().orElseThrow().getGeneration()).isEqualTo(2);
    assertThat(f.frames.get(f.frames.size() - 1).reason())
        .contains(SnapshotReason.SNAPSHOT_REASON_AHEAD);
  }

  @Test
  void silence_forThreeIntervals_opensAgain() {
    var g =
        new ClientFixture(
            options -> options.times(times -> times.withBookmarkInterval(Duration.ofSeconds(10))));
    g.start();
    g.seconds(29);
    assertThat(g.server.watchRequests()).hasSize(1);
    g.seconds(1);
    assertThat(g.server.watchRequests()).hasSize(2);
    g.seconds(20);
    g.server.sendBookmarks();
    g.seconds(20);
    assertThat(g.server.watchRequests()).hasSize(2);
  }

  @Test
  void streamsThatOpenAndFailAtOnce_areOpenedMoreAndMoreRarely() {
    f.start();
    for (int i = 0; i < 100; i++) {
      f.server.breakWatches();
      f.advance(Duration.ofMillis(100));
    }
    // Ten seconds, with a backoff that soon is one to two seconds.
    assertThat(f.server.watchRequests().size()).isBetween(6, 16);
    f.seconds(5);
    int before = f.server.watchRequests().size();
    f.server.breakWatches();
    f.advance(Duration.ofMillis(100));
    assertThat(f.server.watchRequests()).as("it had lived").hasSize(before + 1);
  }

  @Test
  void brokenConnection_isWatchedAgainWhenTheSessionIsHeardOf() {
    f.start();
    assertWatchedAgainOnlyAfter("OpenSession");
  }

  @Test
  void brokenConnection_underALease_isWatchedAgainWhenTheSessionIsRenewed() {
    f.start();
    Handle unused = f.lookup(Operation.READ);
    assertWatchedAgainOnlyAfter("KeepAlive");
    assertThat(f.server.calls("OpenSession")).isEqualTo(1);
  }

  /** Asserts that after the connection breaks, no watch is opened before this call is answered. */
  private void assertWatchedAgainOnlyAfter(String call) {
    f.server.holdNextRequest(call);
    f.server.breakWatches();
    f.advance(Duration.ofMillis(900));
    assertThat(f.server.watchRequests()).hasSize(1);
    f.server.letGo();
    f.time.run();
    assertThat(f.server.watchRequests()).hasSize(2);
  }

  /** A server to which thousands of clients return is slow; reopening makes it slower. */
  @Test
  void watchThatHasBroughtNothingYet_isWaitedFor() {
    f.start();
    f.server.muteWatches();
    f.server.put("third");
    f.seconds(3); // Renewed here.
    f.advance(Duration.ofMillis(250));
    assertThat(f.server.watchRequests()).hasSize(2);
    f.seconds(10);
    assertThat(f.server.watchRequests()).hasSize(2);
    f.seconds(2);
    assertThat(f.server.watchRequests()).hasSize(3);
  }

  /** Two concurrent writes outside the selection of a watch. */
  @Test
  void watchOfAPart_whoseFirstFrameIsBehindTheNextWrite_isOpenedAgainAtOnce() {
    var g = new ClientFixture(options -> options.datastores(List.of("main")));
    g.start();
    g.server.muteWatches();
    Revision unused = g.server.put("third");
    g.seconds(3); // A renewal reports it, and the watch is reopened.
    assertThat(g.server.watchRequests()).hasSize(2);
    unused = g.server.put("third");
    g.seconds(3); // The next one, too, while the new watch has delivered nothing.
    assertThat(g.server.watchRequests()).hasSize(2);
    g.server.unmuteWatches();
    g.server.send(
        now ->
            WatchGenerationResponse.newBuilder()
                .setRevision(now.toBuilder().setGeneration(now.getGeneration() - 1))
                .setBookmark(WatchBookmark.getDefaultInstance())
                .build());
    g.time.run();
    assertThat(g.server.watchRequests()).hasSize(3);
    assertThat(g.client.state()).isEqualTo(ClientState.FRESH);
  }

  @Test
  void removed_givesTheLeaseBack() {
    f.start();
    f.lookup(WRITE).close();
    f.server.remove("main");
    f.time.run();
    assertThat(f.server.leases()).isEmpty();
  }

  @Test
  void listenerThatThrows_isCounted_andTheRestGoesOn() {
    f.client.addListener(
        new ClientListener() {
          @Override
          public void onFrame(AppliedFrame frame) {
            throw new IllegalStateException("on purpose");
          }
        });
    f.start();
    f.server.put("third");
    f.time.run();
    assertThat(f.client.state()).isEqualTo(ClientState.FRESH);
    assertThat(f.frames).hasSize(2);
    assertThat(f.stats().listenerErrors()).isEqualTo(2);
  }

  private static Revision after(Revision revision) {
    return revision.toBuilder().setGeneration(revision.getGeneration() + 1).build();
  }

  private static Datastore datastore(String name) {
    return Datastore.newBuilder().setName(name).setGeneration(1).build();
  }
}
