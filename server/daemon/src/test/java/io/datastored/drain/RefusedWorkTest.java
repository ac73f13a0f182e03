package io.datastored.drain;

import static com.google.common.util.concurrent.Uninterruptibles.awaitUninterruptibly;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;
import static org.awaitility.Awaitility.await;

import com.google.common.collect.ImmutableList;
import io.datastored.access.AuditTrail;
import io.datastored.access.Principal;
import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.engine.EngineFixture;
import io.datastored.engine.Handle;
import io.datastored.file.BreakableDisk;
import io.datastored.history.Generation;
import io.datastored.history.LocalDoorbell;
import io.datastored.history.Revision;
import io.datastored.lease.Holder;
import io.datastored.lease.KeepAliveOutcome.SessionRenewed;
import io.datastored.lease.Lease;
import io.datastored.lease.LeaseGround;
import io.datastored.lease.LeaseId;
import io.datastored.lease.LeaseOptions;
import io.datastored.lease.LeaseOutcome.Leased;
import io.datastored.lease.LeaseRequest;
import io.datastored.lease.Leases;
import io.datastored.lease.SessionId;
import io.datastored.lease.SessionOutcome.SessionOpened;
import io.datastored.lease.SessionRequest;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import io.datastored.promise.Authority;
import io.datastored.promise.ClockSlack;
import io.datastored.promise.EarlierLeases;
import io.datastored.promise.FilePromiseBook;
import io.datastored.promise.Work;
import io.datastored.testkit.ManualTicker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What other servers are told of the operations and sessions here. */
final class RefusedWorkTest {

  private static final DatastoreName ALPHA = DatastoreName.of("alpha");
  private static final DatastoreName BETA = DatastoreName.of("beta");
  private static final Duration TTL = Duration.ofSeconds(10);
  private static final LeaseOptions OPTIONS =
      LeaseOptions.of(
          options -> {
            options.margin = ClockSlack.NONE;
            options.earlierLeases = EarlierLeases.NONE;
          });

  @TempDir private Path directory;

  private final ManualTicker time = new ManualTicker();
  private final EngineFixture fixture =
      EngineFixture.with(
          "datastore: alpha\n\tpath /srv/alpha\n\ndatastore: beta\n\tpath /srv/beta\n",
          new LocalDoorbell());
  private Leases room;
  private RefusedWork work;

  @BeforeEach
  void open() throws Exception {
    room =
        new Leases(
            fixture.engine(),
            LeaseGround.alone(
                FilePromiseBook.open(
                    directory, OPTIONS.promises(), InstantSource.system(), new BreakableDisk()),
                Authority.LONE),
            OPTIONS,
            time,
            new SplittableRandom(7),
            AuditTrail.NONE,
            Runnable::run);
    work = new RefusedWork(fixture.engine(), room.counted(), room.liveSessions());
  }

  private Lease lease(String id, DatastoreName name, Operation operation) {
    return ((Leased)
            room.leases()
                .ask(
                    new LeaseRequest(
                        name,
                        operation,
                        Optional.empty(),
                        Optional.of(TTL),
                        Optional.of(new LeaseId(id)),
                        Optional.empty(),
                        "backup",
                        Duration.ZERO,
                        Holder.UNKNOWN,
                        "")))
        .lease();
  }

  private SessionOpened session(String id) {
    return (SessionOpened)
        room.sessions()
            .open(
                new SessionRequest(
                    Optional.of(new SessionId(id)), Holder.UNKNOWN, Optional.of(TTL), true));
  }

  /** In steps that are no pause of the server. */
  private void pass(Duration duration) {
    Duration step = OPTIONS.tick();
    for (Duration left = duration; !left.isZero(); left = left.minus(step)) {
      time.advance(step);
      room.sweep();
    }
  }

  private Generation setMode(DatastoreName name, MaintenanceMode mode) {
    fixture.setMode(name, mode);
    return fixture.engine().snapshot().revision().generation();
  }

  @Test
  void count_withoutAMode_isNothing() {
    lease("a", ALPHA, Operation.WRITE);
    assertThat(work.count(name -> true)).isEmpty();
  }

  @Test
  void count_onlyWhatTheModeRefuses_andOnlyWhereThereIsAny() {
    lease("reader", ALPHA, Operation.READ);
    Lease writer = lease("writer", ALPHA, Operation.WRITE);
    Generation since = setMode(ALPHA, MaintenanceMode.READ_ONLY);
    setMode(BETA, MaintenanceMode.OFFLINE);

    assertThat(work.count(name -> false))
        .containsOnly(
            Map.entry(ALPHA, new Work(since, new OperationCounts(0, 1), 0, 0, ImmutableList.of())));

    assertThat(room.leases().release(writer.id(), holder())).isTrue();
    assertThat(work.count(name -> false)).isEmpty();
  }

  @Test
  void count_operationsOfThisProcess_withoutALease() {
    try (Handle handle = fixture.engine().lookup(BETA, Operation.READ).handle()) {
      setMode(BETA, MaintenanceMode.OFFLINE);
      assertThat(work.count(name -> false).get(BETA).counts()).isEqualTo(new OperationCounts(1, 0));
      assertThat(handle.operation()).isEqualTo(Operation.READ);
    }
    await().until(() -> work.count(name -> false).isEmpty());
  }

  /** A file system that is busy cannot be unmounted, at whichever server it is. */
  @Test
  void count_baseDirectoryThatIsOpenWhereTheModeClosesIt_untilItIsClosed() throws Exception {
    Path basePath = Files.createDirectories(directory.resolve("gamma"));
    Files.createFile(basePath.resolve(".lock"));
    DatastoreName gamma = DatastoreName.of("gamma");
    CountDownLatch hangs = new CountDownLatch(1);
    try (EngineFixture other =
        EngineFixture.with("datastore: gamma\n\tpath " + basePath + "\n", new LocalDoorbell())) {
      work = new RefusedWork(other.engine(), room.counted(), room.liveSessions());
      other.engine().lookup(gamma, Operation.READ).handle().close();
      other
          .engine()
          .snapshot()
          .find(gamma)
          .orElseThrow()
          .runtime()
          .bulkhead()
          .execute(() -> awaitUninterruptibly(hangs));
      other.setMode(gamma, MaintenanceMode.READ_ONLY);
      assertThat(work.count(name -> false)).as("this mode closes nothing").isEmpty();
      other.setMode(gamma, MaintenanceMode.OFFLINE);
      Generation since = other.engine().snapshot().revision().generation();

      assertThat(work.count(name -> false))
          .containsOnly(
              Map.entry(gamma, new Work(since, OperationCounts.NONE, 1, 0, ImmutableList.of())));

      hangs.countDown();
      await().until(() -> work.count(name -> false).isEmpty());
    } finally {
      hangs.countDown();
    }
  }

  @Test
  void count_leasesEndedByForce_untilTheirHoldersHaveStopped() {
    lease("a", ALPHA, Operation.WRITE);
    setMode(ALPHA, MaintenanceMode.OFFLINE);
    assertThat(room.counted().forceEnd(ALPHA, any -> Long.MAX_VALUE)).isEqualTo(1);
    assertThat(work.count(name -> false).get(ALPHA).counts()).isEqualTo(new OperationCounts(0, 1));
    pass(TTL.plus(OPTIONS.tick()));
    assertThat(work.count(name -> false)).isEmpty();
  }

  @Test
  void count_asked_namesTheOldest_andHurriesSessions() {
    SessionOpened opened = session("cache");
    lease("a", ALPHA, Operation.WRITE);
    Generation since = setMode(ALPHA, MaintenanceMode.OFFLINE);

    Work quiet = work.count(name -> false).get(ALPHA);
    assertThat(quiet.sessions()).isEqualTo(1);
    assertThat(quiet.oldest()).isEmpty();
    Work asked = work.count(ALPHA::equals).get(ALPHA);

    assertThat(asked.since()).isEqualTo(since);
    assertThat(asked.oldest())
        .extracting(Work.Item::kind, Work.Item::id)
        .containsExactly(
            tuple(Work.Item.Kind.SESSION, opened.session().id().value()),
            tuple(Work.Item.Kind.LEASE, "a"));
    // From then on it is renewed for one ttl at most, until it has applied the mode.
    pass(TTL.minus(OPTIONS.tick()));
    assertThat(room.sessions().keepAlive(opened.session().id(), Optional.empty(), holder()))
        .isInstanceOf(SessionRenewed.class);
    pass(OPTIONS.tick().multipliedBy(2));
    assertThat(room.sessions().find(opened.session().id())).isEmpty();
  }

  @Test
  void count_sessionThatHasAppliedTheMode_isNotInTheWay() {
    SessionOpened opened = session("cache");
    setMode(ALPHA, MaintenanceMode.OFFLINE);
    Revision now = fixture.engine().snapshot().revision();
    room.sessions().keepAlive(opened.session().id(), Optional.of(now), holder());
    assertThat(work.count(name -> false)).isEmpty();
  }

  @Test
  void forceEnd_byAFloor_endsTheDeadTokensOnly() {
    Lease dead = lease("dead", ALPHA, Operation.WRITE);
    Lease reader = lease("reader", ALPHA, Operation.READ);
    Lease later = lease("later", ALPHA, Operation.WRITE);
    Lease elsewhere = lease("elsewhere", BETA, Operation.WRITE);
    assertThat(reader.token()).isNotEqualTo(elsewhere.token());
    assertThat(later.token().value()).isGreaterThan(dead.token().value());

    int ended =
        room.counted()
            .forceEnd(ALPHA, operation -> operation == Operation.WRITE ? dead.token().value() : 0);

    assertThat(ended).isEqualTo(1);
    assertThat(room.counted().forced(ALPHA)).isEqualTo(1);
    assertThat(room.counted().live(ALPHA, Operation.READ)).isEqualTo(1);
    assertThat(room.counted().live(ALPHA, Operation.WRITE)).as("the later one").isEqualTo(1);
    assertThat(room.counted().live(BETA)).isEqualTo(1);
  }

  private static Principal holder() {
    return Holder.UNKNOWN.principal();
  }
}
