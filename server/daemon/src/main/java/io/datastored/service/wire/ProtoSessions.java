package io.datastored.service.wire;

import io.datastored.access.Principal;
import io.datastored.lease.HeldLease;
import io.datastored.lease.Holder;
import io.datastored.lease.Lease;
import io.datastored.lease.LiveSession;
import io.datastored.lease.Session;
import io.datastored.lease.ShownId;

/** Proto sessions convert sessions and leases to the contract. Stateless. */
public final class ProtoSessions {
  private ProtoSessions() {}

  /**
   * To whom sessions and leases are shown, and where. Immutable.
   *
   * @param principal only its own ids are shown to it in full
   * @param replica the name of this server, if it is one of several; else empty
   */
  public record Viewer(Principal principal, String replica) {

    /** Whether something of this holder is its own. */
    public boolean is(Holder holder) {
      return holder.principal().equals(principal);
    }
  }

  /** A session of this server. */
  public static io.datastored.v1.Session session(LiveSession live, Viewer to) {
    Session session = live.session();
    String id = session.id().value();
    var proto =
        io.datastored.v1.Session.newBuilder()
            .setSessionId(to.is(session.holder()) ? id : ShownId.of(id))
            .setReplica(to.replica())
            .setHolder(holder(session.holder()))
            .setTtl(ProtoTimes.duration(live.timeLeft()))
            .setAge(ProtoTimes.duration(live.age()))
            .setIdle(ProtoTimes.duration(live.idle()))
            .setLeases(live.leases())
            .setCaches(session.caches())
            .setLag(ProtoTimes.duration(live.lag()));
    session.sent().map(ProtoDatastores::revision).ifPresent(proto::setSent);
    session.applied().map(ProtoDatastores::revision).ifPresent(proto::setApplied);
    return proto.build();
  }

  /** A lease of this server. */
  public static io.datastored.v1.HeldLease lease(HeldLease held, Viewer to) {
    Lease lease = held.lease();
    var shown = frame(lease, held.timeLeft()).toBuilder();
    if (!to.is(lease.holder())) {
      shown.setLeaseId(ShownId.of(shown.getLeaseId()));
      if (!shown.getSessionId().isEmpty()) {
        shown.setSessionId(ShownId.of(shown.getSessionId()));
      }
    }
    return io.datastored.v1.HeldLease.newBuilder()
        .setLease(shown)
        .setHolder(holder(lease.holder()))
        .setPurpose(lease.purpose())
        .setAge(ProtoTimes.duration(held.age()))
        .setIdle(ProtoTimes.duration(held.idle()))
        .setReplica(to.replica())
        .build();
  }

  /** A lease as its holder gets it, with its continuation. */
  public static io.datastored.v1.Lease own(Lease lease, java.time.Duration ttl) {
    return frame(lease, ttl).toBuilder().setContinuation(lease.continuation()).build();
  }

  /** A lease; its ttl is omitted if it lives with a session. */
  public static io.datastored.v1.Lease frame(Lease lease, java.time.Duration ttl) {
    var proto =
        io.datastored.v1.Lease.newBuilder()
            .setLeaseId(lease.id().value())
            .setDatastore(lease.datastore().value())
            .setOperation(ProtoWords.OPERATIONS.of(lease.operation()))
            .setFencingToken(lease.token().value());
    lease
        .sessionId()
        .ifPresentOrElse(
            session -> proto.setSessionId(session.value()),
            () -> proto.setTtl(ProtoTimes.duration(ttl)));
    return proto.build();
  }

  public static io.datastored.v1.Holder holder(Holder holder) {
    return io.datastored.v1.Holder.newBuilder()
        .setClient(holder.client())
        .setHost(holder.host())
        .setPid(holder.pid())
        .setVersion(holder.version())
        .setPeer(holder.peer().map(Caller::text).orElse(""))
        .setPrincipal(holder.principal().text())
        .build();
  }

  /** The holder that a client claims to be, with what the server saw of its connection. */
  public static Holder holder(io.datastored.v1.Holder told, Caller caller, RequestFaults faults) {
    String client = faults.line("holder.client", told.getClient(), Holder.MAX_LENGTH).orElse("");
    String host = faults.line("holder.host", told.getHost(), Holder.MAX_LENGTH).orElse("");
    String version = faults.line("holder.version", told.getVersion(), Holder.MAX_LENGTH).orElse("");
    if (told.getPid() < 0) {
      faults.add("holder.pid", "must not be negative");
    }
    if (!told.getPeer().isEmpty()) {
      faults.add("holder.peer", "is set by the server");
    }
    if (!told.getPrincipal().isEmpty()) {
      faults.add("holder.principal", "is set by the server");
    }
    return new Holder(
        client, host, Math.max(0, told.getPid()), version, caller.principal(), caller.peer());
  }
}
