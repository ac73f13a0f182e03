package io.datastored.cli.view;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import io.datastored.v1.AwaitedReplica;
import io.datastored.v1.AwaitedReplicaReason;
import io.datastored.v1.Blocker;
import io.datastored.v1.DrainProgress;
import io.datastored.v1.HeldLease;
import io.datastored.v1.Holder;
import io.datastored.v1.Lease;
import io.datastored.v1.Operation;
import io.datastored.v1.OperationCounts;
import io.datastored.v1.Session;
import org.junit.jupiter.api.Test;

final class BlockerSummaryTest {

  private static final DrainProgress RECOVERING =
      DrainProgress.newBuilder()
          .setRecoveryLeft(Durations.fromSeconds(10))
          .setBound(Durations.fromSeconds(10))
          .build();

  @Test
  void sentence_ofNothing_saysSo() {
    assertThat(new BlockerSummary(DrainProgress.getDefaultInstance()).sentence())
        .isEqualTo("nothing is in the way");
  }

  @Test
  void sentence_ofARecoveryAlone_tellsItsEndOnce() {
    assertThat(new BlockerSummary(RECOVERING).sentence())
        .isEqualTo("recovering after a restart, for 10s at most");
  }

  @Test
  void sentence_ofARecoveryAndMore_tellsTheEndOfBoth() {
    DrainProgress more =
        RECOVERING.toBuilder()
            .setOperations(OperationCounts.newBuilder().setWrite(1))
            .setLeases(1)
            .setBound(Durations.fromSeconds(14))
            .build();
    assertThat(new BlockerSummary(more).sentence())
        .isEqualTo(
            "1 write in the way, recovering after a restart, for 10s at most, at most 14s if nobody"
                + " renews");
  }

  @Test
  void sentence_whenTheServerCannotTell_saysWhy() {
    DrainProgress blind = DrainProgress.newBuilder().setTrouble("the disk is full").build();
    assertThat(new BlockerSummary(blind).sentence())
        .isEqualTo("the server cannot check for blockers at the moment: the disk is full");
    assertThat(new BlockerSummary(blind.toBuilder().setLeases(1).setSessions(2).build()).sentence())
        .contains("2 sessions to acknowledge")
        .endsWith(", the server cannot check for blockers at the moment: the disk is full");
  }

  private static AwaitedReplica.Builder replica(String name, AwaitedReplicaReason reason) {
    return AwaitedReplica.newBuilder().setName(name).setLife("abcdefgh").setReason(reason);
  }

  @Test
  void sentence_ofOtherServers_namesThem_andSaysForHowLong() {
    var summary =
        new BlockerSummary(
            DrainProgress.newBuilder()
                .addReplicas(
                    replica("a", AwaitedReplicaReason.AWAITED_REPLICA_REASON_SILENT)
                        .setLeft(Durations.fromMillis(12_100)))
                .addReplicas(replica("b", AwaitedReplicaReason.AWAITED_REPLICA_REASON_NOT_APPLIED))
                .addReplicas(
                    replica("c", AwaitedReplicaReason.AWAITED_REPLICA_REASON_IN_USE)
                        .setOperations(OperationCounts.newBuilder().setWrite(2))
                        .setSessions(1))
                .build());
    assertThat(summary.sentence())
        .isEqualTo(
            "replica a is silent, waited for at most 13s, replica b has not applied the mode,"
                + " replica c has 2 writes in the way and 1 session to acknowledge,"
                + " for as long as they take");
  }

  @Test
  void sentence_ofOneSilentServer_saysForHowLongOnce() {
    var summary =
        new BlockerSummary(
            DrainProgress.newBuilder()
                .addReplicas(
                    replica("a", AwaitedReplicaReason.AWAITED_REPLICA_REASON_SILENT)
                        .setLeft(Durations.fromMillis(12_100)))
                .setBound(Durations.fromMillis(12_100))
                .build());
    assertThat(summary.sentence()).isEqualTo("replica a is silent, at most 13s");
  }

  @Test
  void lines_ofALeaseAtAnotherServer_sayWhere_andNothingThatIsNotKnown() {
    var summary =
        new BlockerSummary(
            DrainProgress.newBuilder()
                .addBlockers(
                    Blocker.newBuilder()
                        .setLease(
                            HeldLease.newBuilder()
                                .setLease(
                                    Lease.newBuilder().setOperation(Operation.OPERATION_WRITE))
                                .setHolder(
                                    Holder.newBuilder()
                                        .setClient("backup")
                                        .setPrincipal("uid:1000"))
                                .setAge(Durations.fromSeconds(40))
                                .setReplica("b")))
                .addBlockers(
                    Blocker.newBuilder()
                        .setSession(
                            Session.newBuilder()
                                .setHolder(Holder.newBuilder().setClient("cache"))
                                .setAge(Durations.fromSeconds(9))
                                .setReplica("b")))
                .addBlockers(
                    Blocker.newBuilder()
                        .setReplica(
                            replica("c", AwaitedReplicaReason.AWAITED_REPLICA_REASON_SILENT)))
                .build());
    assertThat(summary.lines())
        .containsExactly(
            "write lease of backup (uid:1000) at replica b, 40s old",
            "session of cache at replica b, 9s old",
            "replica c is silent, waited for until an operator decides");
  }

  @Test
  void sentence_ofAProcessOnTheServersHost_knowsNoEnd() {
    DrainProgress local =
        DrainProgress.newBuilder().setOperations(OperationCounts.newBuilder().setRead(2)).build();
    assertThat(new BlockerSummary(local).sentence())
        .isEqualTo("2 reads in the way, for as long as they take");
  }
}
