package io.datastored.lease;

import static io.datastored.lease.LeaseFixture.ALPHA;
import static io.datastored.lease.LeaseFixture.BETA;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.lease.KeepAliveOutcome.SessionRenewed;
import io.datastored.lease.KeepAliveOutcome.SessionUnknown;
import io.datastored.lease.LeaseModel.Entry;
import io.datastored.lease.LeaseOutcome.LeaseRefused;
import io.datastored.lease.LeaseOutcome.LeaseRefused.Reason;
import io.datastored.lease.LeaseOutcome.Leased;
import io.datastored.lease.LeaseOutcome.Leased.How;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import io.datastored.promise.FencingToken;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random sessions, leases, modes, force, drains and crashes, against a model that is simple enough
 * to be right.
 */
final class SessionModelTest {

  private static final List<DatastoreName> DATASTORES = List.of(ALPHA, BETA);
  private static final List<Operation> OPERATIONS = List.of(Operation.READ, Operation.WRITE);

  @TempDir Path directory;

  private final LeaseModel model = new LeaseModel();

  /** Tokens that clients were told, also of runs before. */
  private final Map<String, Entry> told = new HashMap<>();

  private SplittableRandom random;
  private LeaseFixture leases;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void randomOperations_agreeWithTheModel(long seed) throws Exception {
    random = new SplittableRandom(seed);
    start();
    for (int step = 0; step < 3_000; step++) {
      switch (random.nextInt(24)) {
        case 0, 1, 2 -> openSession();
        case 3, 4, 5, 6 -> keepAlive();
        case 7, 8, 9, 10, 11 -> ask(Optional.empty());
        case 12, 13, 14 -> held();
        case 15, 16 -> release();
        case 17 -> setMode();
        case 18 -> force();
        case 19 -> drain();
        case 20 -> closeSession();
        case 21 -> restart();
        default -> pass(Duration.ofMillis(1 + random.nextInt(1_500)));
      }
      checkCounts();
    }
    pass(Duration.ofSeconds(40));
    for (DatastoreName datastore : DATASTORES) {
      assertThat(leases.counts(datastore)).isEqualTo(new OperationCounts(0, 0));
      assertThat(leases.counted.forced(datastore)).isZero();
    }
    assertThat(leases.counted.live()).isZero();
    assertThat(leases.sessions.live()).isZero();
    assertThat(leases.room.remembered()).isZero();
    assertThat(leases.room.filed()).isZero();
  }

  private void start() throws Exception {
    leases = new LeaseFixture(directory, LeaseFixture.EXACT);
    leases.room.recovery().begin();
    model.start(1_800_000_000L << 20);
  }

  /** Not at every turn, or nothing ever outlives a recovery. */
  private void restart() throws Exception {
    if (random.nextInt(8) > 0) {
      return;
    }
    for (Entry entry : model.leases.values()) {
      told.put(entry.id, entry);
    }
    leases = new LeaseFixture(directory, LeaseFixture.EXACT);
    leases.room.recovery().begin();
    model.start(leases.room.start());
    model.offline.forEach(name -> leases.setMode(name, MaintenanceMode.OFFLINE));
    assertThat(leases.room.recovery().active()).isEqualTo(model.recovering());
  }

  private void openSession() {
    String id = sessionId();
    leases.open(id);
    model.open(id);
  }

  private void keepAlive() {
    String id = sessionId();
    KeepAliveOutcome outcome = leases.keepAlive(id);
    LeaseModel.Client session = model.session(id);
    if (session == null) {
      assertThat(outcome).isEqualTo(new SessionUnknown(model.recovering()));
      return;
    }
    model.open(id);
    SessionRenewed renewed = (SessionRenewed) outcome;
    assertThat(renewed.leases())
        .isEqualTo(model.count(entry -> entry.session == session && model.isLive(entry)));
    assertThat(renewed.endedLeases())
        .extracting(LeaseId::value)
        .containsExactlyInAnyOrderElementsOf(
            model.leases.values().stream()
                .filter(entry -> entry.session == session && entry.forcedAt > 0)
                .map(entry -> entry.id)
                .toList());
  }

  private void closeSession() {
    String id = sessionId();
    LeaseModel.Client session = model.session(id);
    assertThat(leases.close(id)).isEqualTo(session != null);
    if (session != null) {
      model.close(id);
    }
  }

  private void held() {
    Entry known = told.get(leaseId());
    if (known == null) {
      known = model.leases.get(leaseId());
    }
    if (known != null) {
      ask(Optional.of(known));
    }
  }

  /** A first ask, or one that continues a lease of this run or an earlier one. */
  private void ask(Optional<Entry> held) {
    String id = held.map(entry -> entry.id).orElseGet(this::leaseId);
    String sessionId =
        held.map(entry -> entry.session == null ? "" : entry.session.id)
            .orElseGet(() -> random.nextInt(3) == 0 ? "" : sessionId());
    DatastoreName datastore =
        held.map(entry -> entry.datastore).orElseGet(() -> DATASTORES.get(random.nextInt(2)));
    Operation operation =
        held.map(entry -> entry.operation).orElseGet(() -> OPERATIONS.get(random.nextInt(2)));
    long seconds = 1 + random.nextInt(4);
    LeaseRequest ask =
        new LeaseRequest(
            datastore,
            operation,
            sessionId.isEmpty() ? Optional.empty() : Optional.of(new SessionId(sessionId)),
            sessionId.isEmpty() ? Optional.of(Duration.ofSeconds(seconds)) : Optional.empty(),
            Optional.of(new LeaseId(id)),
            held.map(entry -> new FencingToken(entry.token)),
            "",
            Duration.ZERO,
            Holder.UNKNOWN,
            "");
    LeaseOutcome outcome = leases.table.ask(leases.proven(ask));
    LeaseModel.Client session = sessionId.isEmpty() ? null : model.session(sessionId);
    Entry known = model.known(id);
    if (!sessionId.isEmpty() && session == null) {
      assertRefused(outcome, Reason.SESSION_NOT_FOUND, Optional.empty());
    } else if (known != null && !model.isLive(known)) {
      EndCause cause = known.forcedAt > 0 ? EndCause.FORCED : EndCause.EXPIRED;
      assertRefused(outcome, Reason.LEASE_ENDED, Optional.of(cause));
    } else if (known != null && held.isPresent() && held.get().token != known.token) {
      assertRefused(outcome, Reason.LEASE_ENDED, Optional.of(EndCause.GRANTED_AGAIN));
    } else if (known != null && !known.isFor(datastore, operation, session)) {
      assertRefused(outcome, Reason.LEASE_ID_REUSED, Optional.empty());
    } else if (known != null) {
      assertThat(((Leased) outcome).how()).isEqualTo(How.RENEWED);
      assertThat(((Leased) outcome).lease().token().value()).isEqualTo(known.token);
      model.renew(known, seconds);
    } else if (held.isPresent()) {
      reclaimed(outcome, held.get(), session, seconds);
    } else if (model.offline.contains(datastore)) {
      assertRefused(outcome, Reason.NOT_PERMITTED, Optional.empty());
    } else {
      Leased granted = (Leased) outcome;
      assertThat(granted.how()).isEqualTo(How.GRANTED);
      long token = granted.lease().token().value();
      assertThat(token).isGreaterThan(model.lastToken);
      model.lastToken = token;
      model.add(id, session, datastore, operation, token, seconds);
    }
  }

  private void reclaimed(
      LeaseOutcome outcome, Entry held, LeaseModel.Client session, long seconds) {
    Optional<EndCause> objection = model.objection(held);
    if (outcome instanceof LeaseRefused && model.perhapsSpent.contains(held.id)) {
      objection = Optional.of(EndCause.NOT_KNOWN);
    }
    if (objection.isPresent()) {
      assertRefused(outcome, Reason.LEASE_ENDED, objection);
    } else {
      assertThat(((Leased) outcome).how()).isEqualTo(How.RECLAIMED);
      assertThat(((Leased) outcome).lease().token().value()).isEqualTo(held.token);
      model.add(held.id, session, held.datastore, held.operation, held.token, seconds);
    }
  }

  private static void assertRefused(LeaseOutcome outcome, Reason reason, Optional<EndCause> cause) {
    LeaseRefused refused = (LeaseRefused) outcome;
    assertThat(refused.reason()).isEqualTo(reason);
    assertThat(refused.cause()).isEqualTo(cause);
  }

  private void release() {
    String id = leaseId();
    Entry known = model.known(id);
    assertThat(leases.release(id)).isEqualTo(known != null && model.isLive(known));
    model.release(id);
  }

  private void setMode() {
    DatastoreName datastore = DATASTORES.get(random.nextInt(2));
    boolean close = random.nextInt(3) == 0;
    leases.setMode(datastore, close ? MaintenanceMode.OFFLINE : MaintenanceMode.NONE);
    if (close) {
      model.offline.add(datastore);
    } else {
      model.offline.remove(datastore);
    }
  }

  private void force() {
    DatastoreName datastore = DATASTORES.get(random.nextInt(2));
    MaintenanceMode mode =
        random.nextBoolean() ? MaintenanceMode.READ_ONLY : MaintenanceMode.OFFLINE;
    assertThat(leases.forceEnd(datastore, mode)).isEqualTo(model.force(datastore, mode));
  }

  /** Says DRAINED if that is so: from then on nothing of before may ever be counted again. */
  private void drain() throws Exception {
    DatastoreName datastore = DATASTORES.get(random.nextInt(2));
    if (model.recovering() || !model.offline.contains(datastore)) {
      return;
    }
    OperationCounts counts = leases.counts(datastore);
    if (counts.read() + counts.write() == 0) {
      assertThat(model.counted(datastore, model.now)).isZero();
      leases.raiseFloor(datastore, MaintenanceMode.OFFLINE);
      model.remember(datastore);
    }
  }

  private void pass(Duration gap) {
    leases.pass(gap);
    model.now += gap.toNanos();
  }

  /** What is live is counted; what has ended is counted out at the latest one tick later. */
  private void checkCounts() {
    long tick = LeaseFixture.EXACT.tick().toNanos();
    for (DatastoreName datastore : DATASTORES) {
      OperationCounts counts = leases.counts(datastore);
      long total = counts.read() + counts.write();
      assertThat(total)
          .isBetween(
              model.counted(datastore, model.now), model.counted(datastore, model.now - tick));
      assertThat(leases.counted.live(datastore) + leases.counted.forced(datastore))
          .isEqualTo(total);
    }
  }

  private String sessionId() {
    return "s" + random.nextInt(3);
  }

  private String leaseId() {
    return "id" + random.nextInt(10);
  }
}
