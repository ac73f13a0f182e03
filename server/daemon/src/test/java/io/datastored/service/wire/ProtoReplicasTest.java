package io.datastored.service.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.util.Durations;
import io.datastored.access.Principal;
import io.datastored.config.DatastoreName;
import io.datastored.history.Generation;
import io.datastored.history.Incarnation;
import io.datastored.history.Revision;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import io.datastored.promise.AwaitedReplica;
import io.datastored.promise.LifeId;
import io.datastored.promise.Replica;
import io.datastored.promise.Replica.State;
import io.datastored.promise.Replicas;
import io.datastored.promise.Work;
import io.datastored.v1.AwaitedReplicaReason;
import io.datastored.v1.Blocker;
import io.datastored.v1.HeldLease;
import io.datastored.v1.ReplicaState;
import io.datastored.v1.ReplicaStatus;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ProtoReplicasTest {

  private static final LifeId LIFE = new LifeId("abcdefgh");
  private static final Revision SERVED =
      new Revision(new Incarnation("0123456789abcdef"), new Generation(12));
  private static final String ID = "0123456789abcdef0123456789abcdef";

  private static Replica here(long applied) {
    return new Replica(
        "north",
        LIFE,
        State.HERE,
        Optional.of(
            new Replica.Presence(
                "1.2", ImmutableList.of("h:7400"), Optional.of(new Generation(applied)))),
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void status_ofOneThatIsThere_hasItsLag_whichIsNeverNegative() {
    ReplicaStatus behind = ProtoReplicas.status(here(9), SERVED);
    assertThat(behind.getState()).isEqualTo(ReplicaState.REPLICA_STATE_HERE);
    assertThat(behind.getVersion()).isEqualTo("1.2");
    assertThat(behind.getAddressesList()).containsExactly("h:7400");
    assertThat(behind.getApplied().getGeneration()).isEqualTo(9);
    assertThat(behind.getApplied().getIncarnation()).isEqualTo("0123456789abcdef");
    assertThat(behind.getLag()).isEqualTo(3);
    assertThat(behind.hasLeft() || behind.hasUnconfirmed()).isFalse();
    assertThat(ProtoReplicas.status(here(14), SERVED).getLag()).isZero();
  }

  @Test
  void status_ofOneThatIsSilent_saysForHowLongAtMost() {
    ReplicaStatus silent =
        ProtoReplicas.status(
            new Replica(
                "north",
                LIFE,
                State.SILENT,
                Optional.empty(),
                Optional.of(Duration.ofSeconds(20)),
                Optional.of(Duration.ofSeconds(7))),
            SERVED);
    assertThat(silent.getState()).isEqualTo(ReplicaState.REPLICA_STATE_SILENT);
    assertThat(silent.hasApplied()).isFalse();
    assertThat(silent.getUnconfirmed()).isEqualTo(Durations.fromSeconds(20));
    assertThat(silent.getLeft()).isEqualTo(Durations.fromSeconds(7));
  }

  @Test
  void me_betweenTwoLives_hasItsName() {
    assertThat(ProtoReplicas.me(new Replicas.Me("north", Optional.empty()), Optional.empty()))
        .isEqualTo(ReplicaStatus.newBuilder().setName("north").build());
  }

  @Test
  void awaited_saysWhy() {
    assertThat(ProtoReplicas.awaited(new AwaitedReplica.Unaware(LIFE, "north")).getReason())
        .isEqualTo(AwaitedReplicaReason.AWAITED_REPLICA_REASON_NOT_APPLIED);
    var silent =
        ProtoReplicas.awaited(
            new AwaitedReplica.Silent(LIFE, "north", Optional.of(Duration.ofSeconds(5))));
    assertThat(silent.getReason()).isEqualTo(AwaitedReplicaReason.AWAITED_REPLICA_REASON_SILENT);
    assertThat(silent.getLeft()).isEqualTo(Durations.fromSeconds(5));
    var working =
        ProtoReplicas.awaited(
            new AwaitedReplica.Working(
                LIFE,
                "north",
                new Work(new Generation(3), new OperationCounts(1, 2), 5, 4, ImmutableList.of())));
    assertThat(working.getReason()).isEqualTo(AwaitedReplicaReason.AWAITED_REPLICA_REASON_IN_USE);
    assertThat(working.getOperations().getWrite()).isEqualTo(2);
    assertThat(working.getSessions()).isEqualTo(4);
    assertThat(working.getOpen()).isEqualTo(5);
    assertThat(working.getLife()).isEqualTo("abcdefgh");
  }

  private static Blocker remote(Work.Item.Kind kind, Optional<Operation> operation, String to) {
    return ProtoReplicas.remote(
        "north",
        DatastoreName.of("alpha"),
        new Work.Item(
            kind, ID, "uid:7", "backup", operation, Duration.ofSeconds(9), Duration.ofSeconds(3)),
        new Principal(to));
  }

  /** With the whole id somebody else could end it. */
  @Test
  void remote_lease_showsItsWholeIdOnlyToItsPrincipal() {
    HeldLease own = remote(Work.Item.Kind.LEASE, Optional.of(Operation.WRITE), "uid:7").getLease();
    assertThat(own.getLease().getLeaseId()).isEqualTo(ID);
    HeldLease other =
        remote(Work.Item.Kind.LEASE, Optional.of(Operation.WRITE), "uid:8").getLease();
    assertThat(other.getLease().getLeaseId()).isEqualTo("0123456789abcdef...");
    assertThat(other.getReplica()).isEqualTo("north");
    assertThat(other.getHolder().getPrincipal()).isEqualTo("uid:7");
    assertThat(other.getHolder().getClient()).isEqualTo("backup");
    assertThat(other.getLease().getDatastore()).isEqualTo("alpha");
    assertThat(other.getLease().getOperation())
        .isEqualTo(io.datastored.v1.Operation.OPERATION_WRITE);
    assertThat(other.getAge()).isEqualTo(Durations.fromSeconds(9));
  }

  @Test
  void remote_session_isOneThatCaches() {
    var session = remote(Work.Item.Kind.SESSION, Optional.empty(), "uid:8").getSession();
    assertThat(session.getSessionId()).isEqualTo("0123456789abcdef...");
    assertThat(session.getCaches()).isTrue();
    assertThat(session.getReplica()).isEqualTo("north");
    assertThat(session.getTtl()).isEqualTo(Durations.fromSeconds(3));
  }
}
