package io.datastored.etcd.life;

import static io.datastored.etcd.life.LifeSite.KEYS;
import static io.datastored.etcd.life.PeerSite.ALPHA;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.datastored.config.MaintenanceMode;
import io.datastored.etcd.history.StoreCounts;
import io.datastored.file.StoreException;
import io.datastored.history.Generation;
import io.datastored.history.Revision;
import io.datastored.operation.Operation;
import io.datastored.promise.FencingToken;
import io.datastored.promise.LifeId;
import io.datastored.promise.Replica;
import io.datastored.promise.Replica.Presence;
import io.datastored.promise.Replica.State;
import io.datastored.promise.ReplicaFigures;
import io.datastored.promise.Replicas;
import io.datastored.promise.SealingPeers.TakeOver;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two servers, as the first one knows them. */
final class EtcdReplicasTest {

  private static final Generation FIRST = new Generation(1);

  private final PeerSite site = new PeerSite();
  private final PeerSite.Replica a;
  private final PeerSite.Replica b;
  private final Replicas replicas;

  EtcdReplicasTest() throws IOException, StoreException {
    a = site.start("a");
    b = site.start("b");
    replicas =
        new EtcdReplicas(
            LifeOptions.of(KEYS, "a", "1.0", "", LifeSite.AUTHORITY),
            a.server.life,
            a.follower,
            a.peers,
            () -> new StoreCounts(ImmutableMap.of("gap", 3L), ImmutableMap.of("committed", 4L)));
  }

  @AfterEach
  void close() {
    site.close();
  }

  private Replica other() {
    return replicas.all().get(1);
  }

  private static Replica here(String name, LifeId life, Generation applied) {
    return new Replica(
        name,
        life,
        State.HERE,
        Optional.of(new Presence("1.0", ImmutableList.of(name + ":8007"), Optional.of(applied))),
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void all_bothAreThere_saysWhatTheyServe_byName() throws Exception {
    assertThat(replicas.me()).contains(new Replicas.Me("a", Optional.of(a.id)));
    assertThat(replicas.all()).containsExactly(here("a", a.id, FIRST), here("b", b.id, FIRST));
    Generation next = site.set(ALPHA, MaintenanceMode.READ_ONLY).generation();
    assertThat(replicas.all()).containsExactly(here("a", a.id, next), here("b", b.id, next));
  }

  @Test
  void all_oneHasDied_isSilent_untilItIsNotWaitedForAnyMore() {
    b.kill();
    assertThat(other())
        .as("before this server waits")
        .isEqualTo(
            new Replica(
                "b",
                b.id,
                State.SILENT,
                Optional.empty(),
                Optional.of(Duration.ZERO),
                Optional.of(LifeSite.WAIT)));
    Duration unused = a.server.beat();
    site.site.pass(LifeSite.PULSE);
    assertThat(other().unconfirmed()).contains(LifeSite.PULSE);
    assertThat(other().left()).contains(LifeSite.WAIT.minus(LifeSite.PULSE));
    site.pass(LifeSite.WAIT);
    assertThat(replicas.all()).hasSize(1);
  }

  @Test
  void all_oneHasLeft_withPromises_isWaitedForAsLongAsThey() throws Exception {
    b.server.life.promise(PeerSite.TTL);
    b.server.life.leave(Outstanding.SOME);
    b.alive = false;
    assertThat(other().state()).isEqualTo(State.LEFT);
    assertThat(other().presence()).isEmpty();
    assertThat(other().left()).contains(PeerSite.WAIT.minus(LifeSite.WAIT));
  }

  @Test
  void all_aRecordCannotBeRead_waitsForAnOperator() {
    LifeId strange = new LifeId("zzzzzzzz");
    site.site.etcd.put(KEYS.record(strange), "nonsense");
    Replica found = replicas.all().get(2);
    assertThat(found.name()).isEqualTo("unknown");
    assertThat(found.state()).isEqualTo(State.SILENT);
    assertThat(found.left()).isEmpty();
    Duration unused = a.server.beat();
    assertThat(replicas.all().get(2).left()).isEmpty();
  }

  @Test
  void unconfirmed_countsFromTheSendingOfTheLastPulse_onceTheAuthorityIsOver() {
    Duration unused = a.server.beat();
    site.site.pass(LifeSite.AUTHORITY.minus(LifeSite.NANO));
    assertThat(replicas.unconfirmed()).isEmpty();
    assertThat(replicas.all().get(0).unconfirmed()).isEmpty();
    site.site.pass(LifeSite.NANO);
    assertThat(replicas.unconfirmed()).contains(LifeSite.AUTHORITY);
    assertThat(replicas.all().get(0).unconfirmed()).contains(LifeSite.AUTHORITY);
  }

  @Test
  void applied_isDone_withTheLastAcknowledgement() throws Exception {
    assertThat(replicas.applied(FIRST)).isDone();
    Generation next = site.commit(ALPHA, MaintenanceMode.READ_ONLY).generation();
    CompletableFuture<Void> applied = replicas.applied(next);
    a.apply();
    assertThat(applied).isNotDone();
    b.apply();
    assertThat(applied).isCompleted();
    assertThat(replicas.applied(next)).isDone();
  }

  /** It can acknowledge nothing, and is named instead. */
  @Test
  void applied_oneFallsSilent_isNotWaitedForAnyMore() throws Exception {
    Generation next = site.commit(ALPHA, MaintenanceMode.READ_ONLY).generation();
    CompletableFuture<Void> applied = replicas.applied(next);
    a.apply();
    assertThat(applied).isNotDone();
    b.kill();
    assertThat(applied).isCompleted();
  }

  @Test
  void figures_countWhatHasHappened() throws Exception {
    FencingToken token = b.grant();
    Revision since = site.set(ALPHA, MaintenanceMode.READ_ONLY);
    assertThat(a.peers.seal(ALPHA, MaintenanceMode.OFFLINE, since)).isFalse();
    try (var claim = a.peers.claim(ALPHA, Operation.WRITE, token)) {
      assertThat(claim.verdict()).isEqualTo(TakeOver.ALLOWED);
      assertThat(claim.verdict()).as("again, after it was counted").isEqualTo(TakeOver.ALLOWED);
    }
    try (var claim = a.peers.claim(ALPHA, Operation.READ, token)) {
      assertThat(claim.verdict()).isEqualTo(TakeOver.ALLOWED);
    }
    assertThat(a.peers.seal(ALPHA, MaintenanceMode.READ_ONLY, since)).isTrue();
    try (var claim = a.peers.claim(ALPHA, Operation.WRITE, token)) {
      assertThat(claim.verdict()).isEqualTo(TakeOver.DRAINED);
    }
    a.server.life.leave(Outstanding.NONE);

    ReplicaFigures figures = replicas.figures().orElseThrow();

    assertThat(figures.takeOvers())
        .containsExactlyInAnyOrderEntriesOf(Map.of("memory", 1L, "etcd", 1L, "refused", 1L));
    assertThat(figures.seals())
        .containsExactlyInAnyOrderEntriesOf(Map.of("sealed", 1L, "refused", 1L, "failed", 0L));
    assertThat(figures.lives())
        .containsExactlyInAnyOrderEntriesOf(Map.of("over", 0L, "fork", 0L, "left", 1L));
    assertThat(figures.reloads()).containsEntry("gap", 3L);
    assertThat(figures.commits()).containsEntry("committed", 4L);
    assertThat(figures.authority()).as("it has left").isZero();
  }

  @Test
  void presence_linesOfALaterVersion_areLeftOut() {
    assertThat(PresenceText.read("quorum 3\nversion 2.1\n"))
        .isEqualTo(new Presence("2.1", ImmutableList.of(), Optional.empty()));
  }
}
