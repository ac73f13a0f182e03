package io.datastored.drain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import io.datastored.access.AuditTrail;
import io.datastored.access.Principal;
import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.engine.EngineFixture;
import io.datastored.engine.Handle;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.file.BreakableDisk;
import io.datastored.file.BreakableDisk.Step;
import io.datastored.file.StoreException;
import io.datastored.history.Doorbell;
import io.datastored.history.Generation;
import io.datastored.history.LocalDoorbell;
import io.datastored.history.Revision;
import io.datastored.lease.Holder;
import io.datastored.lease.Lease;
import io.datastored.lease.LeaseGround;
import io.datastored.lease.LeaseId;
import io.datastored.lease.LeaseOptions;
import io.datastored.lease.LeaseOutcome.Leased;
import io.datastored.lease.LeaseRequest;
import io.datastored.lease.Leases;
import io.datastored.lease.SessionId;
import io.datastored.lease.SessionRequest;
import io.datastored.operation.Operation;
import io.datastored.promise.Authority;
import io.datastored.promise.AwaitedReplica;
import io.datastored.promise.ClockSlack;
import io.datastored.promise.EarlierLeases;
import io.datastored.promise.Elsewhere;
import io.datastored.promise.FilePromiseBook;
import io.datastored.promise.LifeId;
import io.datastored.promise.OrderedPeers;
import io.datastored.promise.Peers;
import io.datastored.promise.SealingPeers;
import io.datastored.promise.UnseenOperations;
import io.datastored.testkit.ManualTicker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DrainTest {
  private static final DatastoreName ALPHA = DatastoreName.of("alpha");
  private static final LeaseOptions OPTIONS =
      LeaseOptions.of(
          options -> {
            options.margin = ClockSlack.NONE;
            options.earlierLeases = EarlierLeases.NONE;
          });
  private static final UnseenOperations UNSEEN =
      new UnseenOperations("Proxmox Backup Server", "it runs");
  private static final Duration TTL = Duration.ofSeconds(10);

  @TempDir Path directory;
  private final ToldDoorbell doorbell = new ToldDoorbell();
  private final EngineFixture fixture =
      EngineFixture.with("datastore: alpha\n\tpath /srv/alpha\n", doorbell);
  private final ManualTicker time = new ManualTicker();
  private final BreakableDisk disk = new BreakableDisk();

  /** Runs once, at the next look at the clock, if the counters have been looked at before. */
  private Runnable afterThePass = () -> {};

  /** What is told of another program, once that is asked. */
  private Peers neighbour = nobody();

  /** Runs once, when the floor of a drain by force has been raised. */
  private Runnable afterTheFloor = () -> {};

  /** How many seals fail because of something that a look has not seen. */
  private int unseenByALook;

  private NeighbourManner neighbours = NeighbourManner.WAIT;

  private Leases room;

  @BeforeEach
  void open() throws StoreException {
    start();
  }

  /** A server that starts where the one before was killed. */
  private void start() throws StoreException {
    FilePromiseBook ledger =
        FilePromiseBook.open(
            directory,
            OPTIONS.promises(),
            InstantSource.fixed(Instant.ofEpochSecond(1_800_000_000)),
            disk);
    time.atEachReading(
        () -> {
          if (doorbell.wasRead) {
            Runnable once = afterThePass;
            afterThePass = () -> {};
            once.run();
          }
        });
    room =
        new Leases(
            fixture.engine(),
            LeaseGround.alone(ledger, Authority.LONE),
            OPTIONS,
            time,
            new SplittableRandom(7),
            AuditTrail.NONE,
            Runnable::run);
    room.recovery().begin();
  }

  @Test
  void look_nobodyIsThere_isDrained() throws Exception {
    assertThat(drain(MaintenanceMode.OFFLINE, DrainPolicy.WAIT).look().state())
        .isEqualTo(DrainState.DRAINED);
  }

  @Test
  void look_operationInProgress_isNot() throws Exception {
    Handle handle = fixture.engine().lookup(ALPHA, Operation.WRITE).handle();
    Drain drain = drain(MaintenanceMode.READ_ONLY, DrainPolicy.WAIT);

    DrainObservation look = drain.look();
    assertThat(look.state()).isEqualTo(DrainState.DRAINING);
    assertThat(look.inTheWay().processes()).hasSize(1);
    assertThat(look.inTheWay().waitsFor()).contains("1 operation of process");
    assertThat(drain.progress(look).blockers().bound()).isEmpty();

    handle.close();
    assertThat(drain.look().state()).isEqualTo(DrainState.DRAINED);
  }

  @Test
  void look_leaseOfAnotherKind_isNoObstacle() throws Exception {
    ask("a", Operation.READ, Optional.empty());

    assertThat(drain(MaintenanceMode.READ_ONLY, DrainPolicy.WAIT).look().state())
        .isEqualTo(DrainState.DRAINED);
  }

  @Test
  void look_afterARestart_waitsForRecoveryAndForWhatWasContinuedInIt() throws Exception {
    ask("a", Operation.WRITE, Optional.empty());
    fixture.setMode(ALPHA, MaintenanceMode.OFFLINE);
    crash();
    Drain drain = begin(DrainPolicy.WAIT);

    DrainObservation first = drain.look();
    assertThat(first.state()).isEqualTo(DrainState.DRAINING);
    assertThat(first.inTheWay().recoveryLeft()).contains(TTL);
    assertThat(drain.progress(first).blockers().bound()).contains(TTL);
    pass(TTL);
    assertThat(drain.look().state()).isEqualTo(DrainState.DRAINED);
  }

  @Test
  void look_leaseIsContinuedAtTheVeryEndOfRecovery_isSeen() throws Exception {
    Lease held = ask("a", Operation.WRITE, Optional.empty()).lease();
    fixture.setMode(ALPHA, MaintenanceMode.OFFLINE);
    crash();
    Drain drain = begin(DrainPolicy.WAIT);
    pass(TTL.minusMillis(100));
    doorbell.wasRead = false;
    afterThePass =
        () -> {
          ask("a", Operation.WRITE, Optional.of(held));
          time.advance(Duration.ofMillis(200));
        };

    assertThat(drain.look().state()).isEqualTo(DrainState.DRAINING);
    assertThat(drain.look().state()).isEqualTo(DrainState.DRAINING);
    assertThat(room.recovery().active()).isFalse();
    assertThat(room.counted().live(ALPHA)).isEqualTo(1);
  }

  @Test
  void look_operationsThatCannotBeSeen_areInTheWay() throws Exception {
    neighbour = unseenIf(() -> true);
    Drain drain = drain(MaintenanceMode.OFFLINE, DrainPolicy.WAIT);

    DrainObservation look = drain.look();
    assertThat(look.state()).isEqualTo(DrainState.DRAINING);
    assertThat(look.inTheWay().waitsFor())
        .isEqualTo("operations of Proxmox Backup Server cannot be seen (it runs)");
    Blockers blockers = drain.progress(look).blockers();
    assertThat(blockers.oldest()).containsExactly(new Blocker.OfUnseen(UNSEEN));
    assertThat(blockers.bound()).isEmpty();

    neighbour = nobody();
    assertThat(begin(DrainPolicy.WAIT).look().state()).isEqualTo(DrainState.DRAINED);
  }

  @Test
  void look_operationsThatAreIgnored_areNot_andThatIsSaid() throws Exception {
    neighbour = unseenIf(() -> true);
    neighbours = NeighbourManner.IGNORE;
    Drain drain = drain(MaintenanceMode.OFFLINE, DrainPolicy.WAIT);

    DrainObservation look = drain.look();
    assertThat(look.state()).isEqualTo(DrainState.DRAINED);
    assertThat(look.inTheWay().unseen().ignored()).isTrue();
  }

  /** It showed itself only after the counters had been read. */
  @Test
  void look_neighbourComesWhileTheCountersAreRead_isSeen() throws Exception {
    fixture.setMode(ALPHA, MaintenanceMode.OFFLINE);
    neighbour = unseenIf(() -> doorbell.wasRead);
    Drain asked = begin(DrainPolicy.WAIT);
    doorbell.wasRead = false;

    assertThat(asked.look().state()).isEqualTo(DrainState.DRAINING);
  }

  @Test
  void look_floorCannotBeWritten_isNotDrained() throws Exception {
    ask("a", Operation.WRITE, Optional.empty());
    assertThat(room.leases().release(new LeaseId("a"), Principal.ANONYMOUS)).isTrue();
    Drain drain = drain(MaintenanceMode.OFFLINE, DrainPolicy.WAIT);
    disk.fill();

    assertThatThrownBy(drain::look).isInstanceOf(StoreException.class);

    disk.heal();
    assertThat(drain.look().state()).isEqualTo(DrainState.DRAINED);
  }

  @Test
  void look_modeIsClearedWhileTheFloorIsWritten_isAborted() throws Exception {
    ask("a", Operation.WRITE, Optional.empty());
    assertThat(room.leases().release(new LeaseId("a"), Principal.ANONYMOUS)).isTrue();
    Drain drain = drain(MaintenanceMode.OFFLINE, DrainPolicy.WAIT);
    disk.before(
        Step.RENAME,
        () -> {
          disk.before(step -> {});
          fixture.setMode(ALPHA, MaintenanceMode.NONE);
        });

    assertThat(drain.look().state()).isEqualTo(DrainState.ABORTED);
  }

  @Test
  void look_modeSetAgain_isAnotherOne() throws Exception {
    Drain drain = drain(MaintenanceMode.OFFLINE, DrainPolicy.WAIT);
    fixture.setMode(ALPHA, MaintenanceMode.NONE);
    fixture.setMode(ALPHA, MaintenanceMode.OFFLINE);

    assertThat(drain.look().state()).isEqualTo(DrainState.ABORTED);
  }

  @Test
  void look_settingsChange_goesOn() throws Exception {
    Handle handle = fixture.engine().lookup(ALPHA, Operation.WRITE).handle();
    Drain drain = drain(MaintenanceMode.OFFLINE, DrainPolicy.WAIT);
    fixture.commitElsewhere(ALPHA, "new comment");

    assertThat(drain.look().state()).isEqualTo(DrainState.DRAINING);
    handle.close();
    assertThat(drain.look().state()).isEqualTo(DrainState.DRAINED);
  }

  @Test
  void look_force_endsTheLeasesAndWaitsForTheirHolders() throws Exception {
    ask("a", Operation.WRITE, Optional.empty());
    Drain drain = drain(MaintenanceMode.OFFLINE, DrainPolicy.FORCE);

    DrainObservation look = drain.look();
    assertThat(look.state()).isEqualTo(DrainState.DRAINING);
    assertThat(look.inTheWay().leases()).isZero();
    assertThat(look.inTheWay().forcedLeases()).isEqualTo(1);
    assertThat(look.inTheWay().waitsFor()).contains("revoked lease");
    assertThat(drain.progress(look).blockers().bound()).contains(TTL);
    pass(TTL.minusMillis(1));
    assertThat(drain.look().state()).isEqualTo(DrainState.DRAINING);
    pass(Duration.ofMillis(500));

    assertThat(drain.look().state()).isEqualTo(DrainState.DRAINED);
  }

  @Test
  void look_forceWhoseFloorCannotBeWritten_endsNothing() throws Exception {
    ask("a", Operation.WRITE, Optional.empty());
    Drain drain = drain(MaintenanceMode.OFFLINE, DrainPolicy.FORCE);
    disk.fill();

    assertThatThrownBy(drain::look).isInstanceOf(StoreException.class);

    assertThat(room.counted().live(ALPHA)).isEqualTo(1);
  }

  /** The mode is set | it is cleared, and a lease is granted | the drain looks. */
  @Test
  void look_forceWhoseModeWasCleared_endsNothing() throws Exception {
    ask("a", Operation.WRITE, Optional.empty());
    Drain drain = drain(MaintenanceMode.OFFLINE, DrainPolicy.FORCE);
    fixture.setMode(ALPHA, MaintenanceMode.NONE);
    ask("b", Operation.WRITE, Optional.empty());

    assertThat(drain.look().state()).isEqualTo(DrainState.ABORTED);

    assertThat(room.counted().live(ALPHA)).isEqualTo(2);
  }

  /** The floor is raised | the mode is cleared, and a lease is granted | leases are ended. */
  @Test
  void look_forceWhoseModeIsClearedAfterTheFloor_endsNoLaterLease() throws Exception {
    ask("a", Operation.WRITE, Optional.empty());
    Drain drain = drain(MaintenanceMode.OFFLINE, DrainPolicy.FORCE);
    afterTheFloor =
        () -> {
          fixture.setMode(ALPHA, MaintenanceMode.NONE);
          ask("b", Operation.WRITE, Optional.empty());
        };

    assertThat(drain.look().state()).isEqualTo(DrainState.ABORTED);

    assertThat(room.counted().forced(ALPHA)).as("the earlier one").isEqualTo(1);
    assertThat(room.counted().live(ALPHA)).as("the later one").isEqualTo(1);
  }

  @Test
  void look_force_outlivesACrash() throws Exception {
    Lease held = ask("a", Operation.WRITE, Optional.empty()).lease();
    var unused = drain(MaintenanceMode.OFFLINE, DrainPolicy.FORCE).look();
    crash();

    assertThat(room.leases().ask(lease("a", Operation.WRITE, Optional.of(held))))
        .isNotInstanceOf(Leased.class);
  }

  @Test
  void look_sessionBehind_isWaitedForUntilItsPromiseIsOver() throws Exception {
    var unused =
        room.sessions()
            .open(
                new SessionRequest(
                    Optional.of(new SessionId("s")), Holder.UNKNOWN, Optional.of(TTL), true));
    Drain drain = drain(MaintenanceMode.OFFLINE, DrainPolicy.WAIT);

    DrainObservation look = drain.look();
    assertThat(look.state()).isEqualTo(DrainState.DRAINING);
    assertThat(look.behind()).hasSize(1);
    assertThat(look.inTheWay().waitsFor()).contains("1 session that has not applied the mode");
    assertThat(drain.progress(look).blockers().bound()).contains(TTL);
    // It goes on renewing, and its watch is stuck.
    for (int i = 0; i < 4; i++) {
      pass(Duration.ofSeconds(3));
      var renewed =
          room.sessions().keepAlive(new SessionId("s"), Optional.empty(), Principal.ANONYMOUS);
      assertThat(renewed).isNotNull();
    }

    assertThat(drain.look().state()).isEqualTo(DrainState.DRAINED);
  }

  @Test
  void ofRemoval_sealFindsSomethingInTheWay_isRefused() throws Exception {
    fixture.setMode(ALPHA, MaintenanceMode.DELETE);
    unseenByALook = 1;

    assertThatThrownBy(this::ofRemoval)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("at another server by now");

    assertThat(ofRemoval().nothing()).isTrue();
  }

  private BlockerSummary ofRemoval() throws StoreException {
    Drains drains = new Drains(fixture.engine(), room, new PickyPeers(room.peers()));
    return drains.ofRemoval(
        fixture.engine().snapshot().find(ALPHA).orElseThrow(),
        drains.beginLook(ALPHA),
        fixture.engine().pass(ALPHA),
        NeighbourManner.WAIT);
  }

  /** With several servers, of a seal and a take-over at another one the seal may fail. */
  @Test
  void look_sealFindsSomethingInTheWay_isStillDraining() throws Exception {
    Drain drain = drain(MaintenanceMode.READ_ONLY, DrainPolicy.WAIT);
    unseenByALook = 2;
    assertThat(drain.look().state()).isEqualTo(DrainState.DRAINING);
    assertThat(drain.look().state()).isEqualTo(DrainState.DRAINING);
    assertThat(drain.look().state()).isEqualTo(DrainState.DRAINED);
  }

  @Test
  void look_otherServersAreInTheWay_areWaitedFor_andNamed() throws Exception {
    LifeId life = new LifeId("abcdefgh");
    AwaitedReplica silent =
        new AwaitedReplica.Silent(life, "north", Optional.of(Duration.ofMinutes(1)));
    AwaitedReplica unaware = new AwaitedReplica.Unaware(life, "south");
    AtomicReference<ImmutableList<AwaitedReplica>> others =
        new AtomicReference<>(ImmutableList.of(silent, unaware));
    neighbour = name -> () -> Elsewhere.at(others.get());
    Drain drain = drain(MaintenanceMode.READ_ONLY, DrainPolicy.WAIT);
    DrainObservation first = drain.look();
    assertThat(first.state()).isEqualTo(DrainState.DRAINING);
    assertThat(first.inTheWay().waitsFor())
        .isEqualTo(
            "replica north is silent, and waited for at most 61 s;"
                + " replica south has not applied the mode");
    assertThat(drain.progress(first).blockers().bound()).as("unknown").isEmpty();
    others.set(ImmutableList.of(silent));
    DrainObservation second = drain.look();
    assertThat(second.isNews(first)).isTrue();
    assertThat(drain.progress(second).blockers().bound()).contains(Duration.ofMinutes(1));
    others.set(
        ImmutableList.of(
            new AwaitedReplica.Silent(life, "north", Optional.of(Duration.ofSeconds(9)))));
    assertThat(drain.look().isNews(second)).as("only time has passed").isFalse();
    others.set(ImmutableList.of());
    assertThat(drain.look().state()).isEqualTo(DrainState.DRAINED);
  }

  private static Peers unseenIf(BooleanSupplier there) {
    return name ->
        () -> Elsewhere.unseen(there.getAsBoolean() ? Optional.of(UNSEEN) : Optional.empty());
  }

  private static Peers nobody() {
    return unseenIf(() -> false);
  }

  private Drain drain(MaintenanceMode mode, DrainPolicy manner) {
    fixture.setMode(ALPHA, mode);
    return begin(manner);
  }

  private Drain begin(DrainPolicy manner) {
    Snapshot snapshot = fixture.engine().snapshot();
    Datastore datastore = snapshot.find(ALPHA).orElseThrow();
    return new Drains(
            fixture.engine(),
            room,
            new OrderedPeers(ImmutableList.of(neighbour), new PickyPeers(room.peers())))
        .begin(datastore, snapshot.revision(), manner, neighbours);
  }

  private Leased ask(String id, Operation operation, Optional<Lease> held) {
    return (Leased) room.leases().ask(lease(id, operation, held));
  }

  private static LeaseRequest lease(String id, Operation operation, Optional<Lease> held) {
    return new LeaseRequest(
        ALPHA,
        operation,
        Optional.empty(),
        Optional.of(TTL),
        Optional.of(new LeaseId(id)),
        held.map(Lease::token),
        held.map(Lease::continuation).orElse(""),
        Duration.ZERO,
        Holder.UNKNOWN,
        "");
  }

  /** The counts of the server that was killed are gone: its counter file has no holder. */
  private void crash() throws StoreException {
    assertThat(
            room.leases().release(new LeaseId("a"), Principal.ANONYMOUS)
                || room.counted().live() == 0)
        .isTrue();
    start();
  }

  private void pass(Duration duration) {
    Duration step = OPTIONS.tick();
    Duration left = duration;
    while (!left.isZero()) {
      Duration next = left.compareTo(step) < 0 ? left : step;
      time.advance(next);
      room.sweep();
      left = left.minus(next);
    }
  }

  /** Tells whether it was looked at. Confined to one test. */
  private static final class ToldDoorbell implements Doorbell {
    private final Doorbell real = new LocalDoorbell();
    boolean wasRead;

    @Override
    public long readAcquire() {
      return real.readAcquire();
    }

    @Override
    public long read() {
      wasRead = true;
      return real.read();
    }

    @Override
    public void raise(Generation generation) {
      real.raise(generation);
    }

    @Override
    public boolean intact() {
      return real.intact();
    }
  }

  /** The own peers, some of whose seals find something in the way that no look has seen. */
  private final class PickyPeers extends ForwardingPeers {

    PickyPeers(SealingPeers own) {
      super(own);
    }

    @Override
    public OptionalLong raiseFloor(DatastoreName datastore, MaintenanceMode mode, Revision since)
        throws StoreException {
      OptionalLong dead = super.raiseFloor(datastore, mode, since);
      Runnable once = afterTheFloor;
      afterTheFloor = () -> {};
      once.run();
      return dead;
    }

    @Override
    public boolean seal(DatastoreName datastore, MaintenanceMode mode, Revision since)
        throws StoreException {
      return unseenByALook-- <= 0 && super.seal(datastore, mode, since);
    }

    @Override
    public boolean sealForCommit(DatastoreName datastore, MaintenanceMode mode, Revision since)
        throws StoreException {
      return unseenByALook-- <= 0 && super.sealForCommit(datastore, mode, since);
    }
  }
}
