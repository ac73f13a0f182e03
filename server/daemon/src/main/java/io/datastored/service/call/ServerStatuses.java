package io.datastored.service.call;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Streams;
import io.datastored.access.Access;
import io.datastored.access.Principal;
import io.datastored.access.Shares;
import io.datastored.access.Verb;
import io.datastored.config.document.ConfigNotice;
import io.datastored.engine.Engine;
import io.datastored.engine.health.Trouble;
import io.datastored.engine.health.TroubleCause;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.lease.CountedLeases;
import io.datastored.lease.Leases;
import io.datastored.lease.Session;
import io.datastored.lease.SessionId;
import io.datastored.lease.SessionTable;
import io.datastored.lease.ShownId;
import io.datastored.promise.Recovery;
import io.datastored.promise.Replicas;
import io.datastored.service.stream.OpenWatch;
import io.datastored.service.stream.OpenWatches;
import io.datastored.service.stream.WatchOrigin;
import io.datastored.service.wire.Caller;
import io.datastored.service.wire.ProtoDatastores;
import io.datastored.service.wire.ProtoFaults;
import io.datastored.service.wire.ProtoReplicas;
import io.datastored.service.wire.ProtoTimes;
import io.datastored.service.wire.ProtoTroubles;
import io.datastored.service.wire.ProtoWords;
import io.datastored.v1.ConfigFault;
import io.datastored.v1.LimitStatus;
import io.datastored.v1.LimitTaker;
import io.datastored.v1.ServerStatus;
import io.datastored.v1.WatcherStatus;
import java.util.stream.Stream;

/**
 * Server statuses build the part of a Status that describes the server itself. Thread-safe: it only
 * queries other rooms.
 */
public final class ServerStatuses {
  /**
   * A file of another program could have a fault on each line; the first ones are enough for an
   * operator.
   */
  private static final int MOST_FAULTS = 100;

  /** Enough to see whether one principal takes most, or all do. */
  private static final int MOST_TAKERS = 5;

  /** Enough to see whether one client is slow or all are. */
  private static final int MOST_WATCHERS = 100;

  private final ServerLife life;
  private final CountedLeases leases;
  private final SessionTable sessions;
  private final Recovery recovery;
  private final Replicas replicas;
  private final OpenWatches watches;
  private final ImmutableList<Shares> limits;
  private final Engine engine;
  private final Access access;

  /**
   * @param replicas the servers with which this one shares its history
   * @param limits what clients can take up
   */
  public ServerStatuses(
      ServerLife life,
      Leases room,
      Replicas replicas,
      OpenWatches watches,
      ImmutableList<Shares> limits,
      Engine engine,
      Access access) {
    this.life = life;
    this.leases = room.counted();
    this.sessions = room.sessions();
    this.recovery = room.recovery();
    this.replicas = replicas;
    this.watches = watches;
    this.limits = limits;
    this.engine = engine;
    this.access = access;
  }

  /** The status of the server; only operators are shown who uses it and what is wrong with it. */
  public ServerStatus of(Snapshot snapshot, Caller caller) {
    var status =
        ServerStatus.newBuilder()
            .setVersion(life.version())
            .setState(life.state(recovery.active()))
            .setUptime(ProtoTimes.duration(life.uptime()));
    recovery.left().map(ProtoTimes::duration).ifPresent(status::setRecoveryLeft);
    life.certificateExpires().map(ProtoTimes::timestamp).ifPresent(status::setCertificateExpires);
    replicas
        .me()
        .map(me -> ProtoReplicas.me(me, replicas.unconfirmed()))
        .ifPresent(status::setReplica);
    boolean inspects = caller.rights().allow(Verb.INSPECT);
    limits.forEach(limit -> status.addLimits(limit(limit, caller.principal(), inspects)));
    if (inspects) {
      inspect(snapshot, status, caller.principal());
    }
    return status.build();
  }

  /** What others have taken is for operators. */
  private static LimitStatus limit(Shares shares, Principal to, boolean inspects) {
    var status =
        LimitStatus.newBuilder()
            .setName(shares.limit().name())
            .setTotal(shares.limit().value())
            .setShare(shares.each())
            .setOwn(shares.takenBy(to));
    if (inspects) {
      status.setTaken(shares.taken());
      shares
          .greatest(MOST_TAKERS)
          .forEach(
              taker ->
                  status.addGreatest(
                      LimitTaker.newBuilder()
                          .setPrincipal(taker.principal().text())
                          .setTaken(taker.places())));
    }
    return status.build();
  }

  private void inspect(Snapshot snapshot, ServerStatus.Builder status, Principal to) {
    ImmutableList<Trouble> present = engine.troubles().ofServer();
    // In addition to the troubles, for clients that do not know that field.
    Stream<ConfigFault> unfollowed =
        present.stream()
            .filter(trouble -> trouble.cause() == TroubleCause.CONFIGURATION)
            .map(ProtoFaults::of);
    Stream<ConfigFault> faults = snapshot.fileFaults().stream().map(ProtoFaults::of);
    Stream<ConfigFault> notices = snapshot.notices().stream().map(ServerStatuses::notice);
    watches.slowest(MOST_WATCHERS).stream()
        .map(watch -> watcher(watch, to))
        .forEach(status::addSlowestWatchers);
    present.stream().map(ProtoTroubles::of).forEach(status::addTroubles);
    replicas.all().stream()
        .map(replica -> ProtoReplicas.status(replica, snapshot.revision()))
        .forEach(status::addReplicas);
    engine
        .editDetection()
        .ifPresent(
            edits ->
                status
                    .setEditDetection(ProtoWords.EDIT_DETECTION.of(edits.way()))
                    .setDigestCheck(ProtoTimes.duration(edits.digestCheck())));
    status
        .setSessions(sessions.live())
        .setLeases(leases.live())
        .setWatchers(watches.count())
        .addAllConfigFaults(Streams.concat(unfollowed, faults, notices).limit(MOST_FAULTS).toList())
        .setDigest(snapshot.digest().hex())
        .setAccessDigest(access.rules().digest().hex());
  }

  private WatcherStatus watcher(OpenWatch watch, Principal to) {
    WatchOrigin origin = watch.origin();
    boolean own = origin.caller().principal().equals(to);
    var status =
        WatcherStatus.newBuilder()
            .setPeer(origin.peer().map(Caller::text).orElse(""))
            .setSessionId(
                origin
                    .session()
                    .map(SessionId::value)
                    .map(id -> own ? id : ShownId.of(id))
                    .orElse(""))
            .setLag(ProtoTimes.duration(watch.lag()));
    watch.told().map(ProtoDatastores::revision).ifPresent(status::setSent);
    origin
        .session()
        .flatMap(sessions::find)
        .flatMap(Session::applied)
        .map(ProtoDatastores::revision)
        .ifPresent(status::setApplied);
    return status.build();
  }

  /** A notice does not prevent serving: the version in the file is the one that is served. */
  private static ConfigFault notice(ConfigNotice notice) {
    return ConfigFault.newBuilder()
        .setLine(notice.line())
        .setProperty(notice.property())
        .setMessage("datastore '%s': %s".formatted(notice.datastore().value(), notice.message()))
        .build();
  }
}
