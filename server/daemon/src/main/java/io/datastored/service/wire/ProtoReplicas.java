package io.datastored.service.wire;

import io.datastored.access.Principal;
import io.datastored.config.DatastoreName;
import io.datastored.history.Generation;
import io.datastored.history.Revision;
import io.datastored.lease.ShownId;
import io.datastored.promise.AwaitedReplica;
import io.datastored.promise.LifeId;
import io.datastored.promise.Replica;
import io.datastored.promise.Replicas;
import io.datastored.promise.Work;
import io.datastored.v1.AwaitedReplicaReason;
import io.datastored.v1.Blocker;
import io.datastored.v1.HeldLease;
import io.datastored.v1.Holder;
import io.datastored.v1.Lease;
import io.datastored.v1.ReplicaState;
import io.datastored.v1.ReplicaStatus;
import io.datastored.v1.Session;
import java.time.Duration;
import java.util.Optional;

/** Proto replicas convert the servers of a history to the contract. Stateless. */
public final class ProtoReplicas {

  private ProtoReplicas() {}

  /** The server that answers, as everybody may see it. */
  public static ReplicaStatus me(Replicas.Me me, Optional<Duration> unconfirmed) {
    var proto = ReplicaStatus.newBuilder().setName(me.name());
    me.life().map(LifeId::value).ifPresent(proto::setLife);
    unconfirmed.map(ProtoTimes::duration).ifPresent(proto::setUnconfirmed);
    return proto.build();
  }

  /**
   * A server.
   *
   * @param served by the server that answers
   */
  public static ReplicaStatus status(Replica replica, Revision served) {
    var proto =
        ReplicaStatus.newBuilder()
            .setName(replica.name())
            .setLife(replica.life().value())
            .setState(
                switch (replica.state()) {
                  case HERE -> ReplicaState.REPLICA_STATE_HERE;
                  case SILENT -> ReplicaState.REPLICA_STATE_SILENT;
                  case LEFT -> ReplicaState.REPLICA_STATE_LEFT;
                });
    replica
        .presence()
        .ifPresent(
            presence -> {
              proto.setVersion(presence.version()).addAllAddresses(presence.addresses());
              presence.applied().ifPresent(applied -> applied(proto, applied, served));
            });
    replica.unconfirmed().map(ProtoTimes::duration).ifPresent(proto::setUnconfirmed);
    replica.left().map(ProtoTimes::duration).ifPresent(proto::setLeft);
    return proto.build();
  }

  private static void applied(ReplicaStatus.Builder to, Generation applied, Revision served) {
    to.setApplied(ProtoDatastores.revision(new Revision(served.incarnation(), applied)))
        .setLag(Math.max(0, served.generation().value() - applied.value()));
  }

  /** A server that a drain waits for. */
  static io.datastored.v1.AwaitedReplica awaited(AwaitedReplica replica) {
    var proto =
        io.datastored.v1.AwaitedReplica.newBuilder()
            .setName(replica.replica())
            .setLife(replica.life().value());
    if (replica instanceof AwaitedReplica.Unaware) {
      proto.setReason(AwaitedReplicaReason.AWAITED_REPLICA_REASON_NOT_APPLIED);
    } else if (replica instanceof AwaitedReplica.Silent silent) {
      proto.setReason(AwaitedReplicaReason.AWAITED_REPLICA_REASON_SILENT);
      silent.left().map(ProtoTimes::duration).ifPresent(proto::setLeft);
    } else if (replica instanceof AwaitedReplica.Working working) {
      proto
          .setReason(AwaitedReplicaReason.AWAITED_REPLICA_REASON_IN_USE)
          .setOperations(ProtoDrains.counts(working.work().counts()))
          .setSessions(working.work().sessions())
          .setOpen(working.work().open());
    }
    return proto.build();
  }

  /**
   * A lease or a session at another server.
   *
   * @param replica the name of that server
   * @param to the caller; only its own ids are shown to it in full
   */
  static Blocker remote(String replica, DatastoreName datastore, Work.Item item, Principal to) {
    String id = item.principal().equals(to.text()) ? item.id() : ShownId.of(item.id());
    Holder holder =
        Holder.newBuilder().setClient(item.program()).setPrincipal(item.principal()).build();
    return switch (item.kind()) {
      case LEASE -> {
        var lease =
            Lease.newBuilder()
                .setLeaseId(id)
                .setDatastore(datastore.value())
                .setTtl(ProtoTimes.duration(item.left()));
        item.operation().map(ProtoWords.OPERATIONS::of).ifPresent(lease::setOperation);
        yield Blocker.newBuilder()
            .setLease(
                HeldLease.newBuilder()
                    .setLease(lease)
                    .setHolder(holder)
                    .setAge(ProtoTimes.duration(item.age()))
                    .setReplica(replica))
            .build();
      }
      case SESSION ->
          Blocker.newBuilder()
              .setSession(
                  Session.newBuilder()
                      .setSessionId(id)
                      .setHolder(holder)
                      .setTtl(ProtoTimes.duration(item.left()))
                      .setAge(ProtoTimes.duration(item.age()))
                      .setCaches(true)
                      .setReplica(replica))
              .build();
    };
  }
}
