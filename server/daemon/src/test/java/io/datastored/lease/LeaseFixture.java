package io.datastored.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.access.AuditTrail;
import io.datastored.access.Limit;
import io.datastored.access.Principal;
import io.datastored.access.Shares;
import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.engine.Engine;
import io.datastored.engine.EngineFixture;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.file.BreakableDisk;
import io.datastored.file.StoreException;
import io.datastored.history.Revision;
import io.datastored.lease.KeepAliveOutcome.SessionRenewed;
import io.datastored.lease.LeaseOutcome.LeaseRefused;
import io.datastored.lease.LeaseOutcome.Leased;
import io.datastored.lease.SessionOutcome.SessionOpened;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import io.datastored.promise.Authority;
import io.datastored.promise.ClockSlack;
import io.datastored.promise.Continuations;
import io.datastored.promise.EarlierLeases;
import io.datastored.promise.FencingToken;
import io.datastored.promise.FilePromiseBook;
import io.datastored.promise.LeaseClock;
import io.datastored.promise.LonePeers;
import io.datastored.promise.PromiseGate;
import io.datastored.testkit.ManualTicker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A lease fixture is a lease table over an engine without threads. Confined to one test. */
final class LeaseFixture {

  static final DatastoreName ALPHA = DatastoreName.of("alpha");
  static final DatastoreName BETA = DatastoreName.of("beta");
  static final DatastoreName CLOSED = DatastoreName.of("closed");
  static final Duration MINUTE = Duration.ofMinutes(1);

  /** The defaults, with promises kept as long as told and no longer, on a new installation. */
  static final LeaseOptions EXACT = exact(unchanged -> {});

  static LeaseOptions exact(Consumer<LeaseOptions.Builder> changes) {
    return LeaseOptions.of(
        options -> {
          options.margin = ClockSlack.NONE;
          options.earlierLeases = EarlierLeases.NONE;
          changes.accept(options);
        });
  }

  static final String CONFIG =
      """
      datastore: alpha
      \tpath /srv/alpha

      datastore: beta
      \tpath /srv/beta

      datastore: closed
      \tpath /srv/closed
      \tmaintenance-mode offline
      """;

  final EngineFixture fixture = EngineFixture.with(CONFIG);
  final Engine engine = fixture.engine();
  final ManualTicker ticker = new ManualTicker();
  final BreakableDisk disk;
  final LeaseOptions options;
  final FilePromiseBook ledger;
  final Leases room;
  final LeaseTable table;
  final CountedLeases counted;
  final SessionTable sessions;
  final LiveSessions live;

  LeaseFixture(Path stateDirectory, LeaseOptions options) throws StoreException {
    this(stateDirectory, options, new BreakableDisk());
  }

  LeaseFixture(Path stateDirectory, LeaseOptions options, BreakableDisk disk)
      throws StoreException {
    this(stateDirectory, options, disk, AuditTrail.NONE);
  }

  LeaseFixture(Path stateDirectory, LeaseOptions options, BreakableDisk disk, AuditTrail trail)
      throws StoreException {
    this(stateDirectory, options, disk, trail, Authority.LONE);
  }

  LeaseFixture(
      Path stateDirectory,
      LeaseOptions options,
      BreakableDisk disk,
      AuditTrail trail,
      Authority authority)
      throws StoreException {
    this.disk = disk;
    this.options = options;
    InstantSource clock = InstantSource.fixed(Instant.ofEpochSecond(1_800_000_000));
    this.ledger = FilePromiseBook.open(stateDirectory, options.promises(), clock, disk);
    this.room =
        new Leases(
            engine,
            LeaseGround.alone(ledger, authority),
            options,
            ticker,
            new SplittableRandom(7),
            trail,
            Runnable::run);
    this.table = room.leases();
    this.counted = room.counted();
    this.sessions = room.sessions();
    this.live = room.liveSessions();
  }

  /** A first ask with an id. */
  static LeaseRequest ask(String id, DatastoreName datastore, Operation operation, Duration ttl) {
    return ask(datastore, operation, Optional.of(ttl), Optional.of(id), Optional.empty());
  }

  static LeaseRequest ask(String id) {
    return ask(ALPHA, Operation.WRITE, Optional.empty(), Optional.of(id), Optional.empty());
  }

  /** "I continue this lease." */
  static LeaseRequest held(String id, FencingToken token) {
    return ask(ALPHA, Operation.WRITE, Optional.empty(), Optional.of(id), Optional.of(token));
  }

  static LeaseRequest ask(
      DatastoreName datastore,
      Operation operation,
      Optional<Duration> ttl,
      Optional<String> id,
      Optional<FencingToken> held) {
    return new LeaseRequest(
        datastore,
        operation,
        Optional.empty(),
        ttl,
        id.map(LeaseId::new),
        held,
        "",
        Duration.ZERO,
        Holder.UNKNOWN,
        "");
  }

  /** The sessions of a server, and what drains see of them. */
  record Sessions(SessionTable table, LiveSessions live) {}

  /** Sessions alone, over what a test says is served. */
  Sessions sessionsOver(Supplier<Revision> served) {
    LeaseClock clock = new LeaseClock(ticker, options.stall());
    LeaseTrail trail = new LeaseTrail(AuditTrail.NONE);
    LeaseRegister register =
        new LeaseRegister(new LeaseCounts(9, 100), options.tick(), lease -> {}, trail);
    SessionRegister sessionRegister =
        new SessionRegister(
            new Shares(new Limit("max-sessions", 9), Shares.WHOLE),
            register,
            options.tick(),
            trail);
    RevisionClock heads = new RevisionClock(clock, served.get());
    SessionTable opened =
        new SessionTable(
            new PromiseGate(Authority.LONE, ledger),
            options,
            clock,
            new SessionIds(1, new SplittableRandom(3)),
            sessionRegister,
            new LonePeers(ledger, clock, options.margin(), (name, since) -> true).recovery(),
            new Ownership(clock, trail),
            served,
            heads);
    return new Sessions(opened, new LiveSessions(options, clock, sessionRegister, heads));
  }

  /** A session that does not cache. */
  SessionOpened open(String id) {
    return open(id, false);
  }

  /** A session that caches. */
  SessionOpened openCaching(String id) {
    return open(id, true);
  }

  private SessionOpened open(String id, boolean caches) {
    return (SessionOpened)
        sessions.open(
            new SessionRequest(
                Optional.of(new SessionId(id)), Holder.UNKNOWN, Optional.empty(), caches));
  }

  SessionRenewed renewed(String id) {
    return (SessionRenewed) keepAlive(id);
  }

  SessionRenewed applied(String id, Revision revision) {
    return (SessionRenewed)
        sessions.keepAlive(new SessionId(id), Optional.of(revision), Principal.ANONYMOUS);
  }

  KeepAliveOutcome keepAlive(String id) {
    return sessions.keepAlive(new SessionId(id), Optional.empty(), Principal.ANONYMOUS);
  }

  boolean close(String id) {
    return sessions.close(new SessionId(id), Principal.ANONYMOUS);
  }

  /** Sets a mode; the revision in which it is. */
  Revision setMode(DatastoreName datastore, MaintenanceMode mode) {
    fixture.setMode(datastore, mode);
    return engine.snapshot().revision();
  }

  /** Ends the leases that a mode refuses by force; their number. */
  int forceEnd(DatastoreName datastore, MaintenanceMode mode) {
    return counted.forceEnd(datastore, operation -> operation.refusedBy(mode) ? Long.MAX_VALUE : 0);
  }

  /** Raises the floor for a mode, by whatever has set the present one. */
  void raiseFloor(DatastoreName datastore, MaintenanceMode mode) throws StoreException {
    Snapshot snapshot = engine.freshSnapshot();
    Revision since =
        new Revision(
            snapshot.revision().incarnation(),
            snapshot.find(datastore).orElseThrow().maintenance().generation());
    assertThat(room.peers().raiseFloor(datastore, mode, since)).isPresent();
  }

  /** A first ask for a lease under a session. */
  static LeaseRequest under(String session, String id) {
    return under(session, id, ALPHA, Operation.WRITE, Optional.empty());
  }

  static LeaseRequest under(
      String session,
      String id,
      DatastoreName datastore,
      Operation operation,
      Optional<FencingToken> held) {
    return new LeaseRequest(
        datastore,
        operation,
        Optional.of(new SessionId(session)),
        Optional.empty(),
        Optional.of(new LeaseId(id)),
        held,
        "",
        Duration.ZERO,
        Holder.UNKNOWN,
        "");
  }

  Leased granted(LeaseRequest ask) {
    return (Leased) table.ask(proven(ask));
  }

  LeaseRefused refused(LeaseRequest ask) {
    return (LeaseRefused) table.ask(proven(ask));
  }

  /** What a client of this version sends: if it continues a lease, with the proof of its grant. */
  LeaseRequest proven(LeaseRequest ask) {
    return ask.held().isEmpty() || !ask.continuation().isEmpty()
        ? ask
        : new LeaseRequest(
            ask.datastore(),
            ask.operation(),
            ask.session(),
            ask.ttl(),
            ask.id(),
            ask.held(),
            ledger
                .continuations()
                .of(
                    new Continuations.Granted(
                        ask.id().orElseThrow().value(),
                        ask.held().get(),
                        ask.datastore(),
                        ask.operation(),
                        Path.of("/srv").resolve(ask.datastore().value()),
                        ask.holder().principal().text())),
            ask.heldFor(),
            ask.holder(),
            ask.purpose());
  }

  boolean release(String id) {
    return table.release(new LeaseId(id), Principal.ANONYMOUS);
  }

  OperationCounts counts(DatastoreName datastore) {
    return engine.operations(datastore);
  }

  /** Lets time pass on a server that is alive: it sweeps in every tick. */
  void pass(Duration duration) {
    Duration left = duration;
    while (!left.isZero()) {
      Duration step = left.compareTo(options.tick()) < 0 ? left : options.tick();
      ticker.advance(step);
      room.sweep();
      left = left.minus(step);
    }
  }
}
