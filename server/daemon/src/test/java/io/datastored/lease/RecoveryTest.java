package io.datastored.lease;

import static io.datastored.lease.LeaseFixture.ALPHA;
import static io.datastored.lease.LeaseFixture.MINUTE;
import static io.datastored.lease.LeaseFixture.ask;
import static io.datastored.lease.LeaseFixture.held;
import static io.datastored.lease.LeaseFixture.under;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.access.Principal;
import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.file.BreakableDisk.Step;
import io.datastored.lease.KeepAliveOutcome.SessionUnknown;
import io.datastored.lease.LeaseOutcome.LeaseRefused;
import io.datastored.lease.LeaseOutcome.LeaseRefused.Reason;
import io.datastored.lease.LeaseOutcome.Leased;
import io.datastored.lease.LeaseOutcome.Leased.How;
import io.datastored.lease.SessionOutcome.SessionOpened;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import io.datastored.promise.ClockSlack;
import io.datastored.promise.EarlierLeases;
import io.datastored.promise.FencingToken;
import io.datastored.promise.PromisesOnDisk;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RecoveryTest {

  private static final Duration SESSION_TTL = new SessionOptions.Builder().build().defaultTtl();

  @TempDir Path directory;
  private LeaseFixture leases;

  @BeforeEach
  void open() throws Exception {
    leases = new LeaseFixture(directory, LeaseFixture.EXACT);
  }

  /** The server is killed and started again; what it counted is gone with it. */
  private void crash() throws Exception {
    leases = new LeaseFixture(directory, LeaseFixture.EXACT);
    leases.room.recovery().begin();
  }

  @Test
  void active_nothingWasEverPromised_isNot() throws Exception {
    assertThat(leases.room.recovery().active()).isFalse();
    crash();
    assertThat(leases.room.recovery().active()).isFalse();
    assertThat(leases.room.recovery().left()).isEmpty();
  }

  @Test
  void active_ledgerLost_isForTheLongestThatOptionsAllow() throws Exception {
    LeaseOptions unknown =
        LeaseFixture.exact(options -> options.earlierLeases = EarlierLeases.POSSIBLE);
    PromisesOnDisk.lose(directory);
    leases = new LeaseFixture(directory, unknown);
    assertThat(leases.room.recovery().left()).contains(Duration.ofMinutes(10));
  }

  @Test
  void active_afterACleanStopWithoutLeases_isNot() throws Exception {
    leases.granted(ask("a"));
    leases.release("a");
    leases.room.settle();
    crash();
    assertThat(leases.room.recovery().active()).isFalse();
  }

  @Test
  void active_afterACleanStopWithASession_isForItsTtl() throws Exception {
    leases.open("s");
    leases.room.settle();
    crash();
    assertThat(leases.room.recovery().left()).contains(SESSION_TTL);
  }

  @Test
  void active_withAMargin_isLongerByIt() throws Exception {
    leases.open("s");
    leases =
        new LeaseFixture(
            directory, LeaseFixture.exact(options -> options.margin = ClockSlack.DEFAULT));
    assertThat(leases.room.recovery().left()).contains(SESSION_TTL.plusMillis(600));
  }

  @Test
  void active_beforeTheServerListens_doesNotRunOut() throws Exception {
    leases.granted(ask("a"));
    leases = new LeaseFixture(directory, LeaseFixture.EXACT);
    leases.pass(Duration.ofMinutes(3));
    assertThat(leases.room.recovery().left()).contains(MINUTE);
    leases.room.recovery().begin();
    leases.pass(Duration.ofSeconds(59));
    leases.room.recovery().begin();
    assertThat(leases.room.recovery().left()).contains(Duration.ofSeconds(1));
    leases.pass(Duration.ofSeconds(1));
    assertThat(leases.room.recovery().active()).isFalse();
  }

  @Test
  void ask_heldInTheWindow_isTakenOverUnderTheSameIdAndToken() throws Exception {
    FencingToken token = leases.granted(ask("a")).lease().token();
    crash();
    assertThat(leases.table.askNow(held("a", token))).as("on a thread that may block").isEmpty();
    Leased leased = leases.granted(held("a", token));
    assertThat(leased.how()).isEqualTo(How.RECLAIMED);
    assertThat(leased.lease().token()).isEqualTo(token);
    assertThat(leased.ttl()).isEqualTo(MINUTE);
    assertThat(leases.granted(held("a", token)).how()).isEqualTo(How.RENEWED);
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 1));
    assertThat(leases.counted.live(ALPHA)).isEqualTo(1);
    assertThat(leases.granted(ask("b")).lease().token()).isGreaterThan(token);
    assertThat(leases.release("a")).isTrue();
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 1));
  }

  @Test
  void ask_heldUnderAConflictingMode_isTakenOverAndAFirstAskIsNot() throws Exception {
    FencingToken token = leases.granted(ask("a")).lease().token();
    crash();
    leases.setMode(ALPHA, MaintenanceMode.OFFLINE);
    assertThat(leases.granted(held("a", token)).how()).isEqualTo(How.RECLAIMED);
    assertThat(leases.granted(held("a", token)).how()).isEqualTo(How.RENEWED);
    assertThat(leases.refused(ask("new")).reason()).isEqualTo(Reason.NOT_PERMITTED);
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 1));
  }

  @Test
  void ask_heldWithoutAProof_isTakenOverIfTheModePermitsIt() throws Exception {
    FencingToken token = leases.granted(ask("a")).lease().token();
    crash();
    leases.setMode(ALPHA, MaintenanceMode.OFFLINE);
    LeaseRefused refused = (LeaseRefused) leases.table.ask(held("a", token));
    assertThat(refused.reason()).isEqualTo(Reason.NOT_PERMITTED);
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 0));

    leases.setMode(ALPHA, MaintenanceMode.NONE);
    Leased leased = (Leased) leases.table.ask(held("a", token));
    assertThat(leased.how()).isEqualTo(How.RECLAIMED);
    assertThat(leased.lease().token()).isEqualTo(token);
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 1));
  }

  @Test
  void ask_inventedLease_withAnyProof_getsNoMoreThanANewOne() throws Exception {
    Lease real = leases.granted(ask("a")).lease();
    crash();
    leases.setMode(ALPHA, MaintenanceMode.OFFLINE);
    for (String proof : List.of("", "AAAAAAAAAAAAAAAAAAAAAA", real.continuation())) {
      LeaseRequest invented =
          new LeaseRequest(
              ALPHA,
              Operation.WRITE,
              Optional.empty(),
              Optional.empty(),
              Optional.of(new LeaseId("invented")),
              Optional.of(real.token()),
              proof,
              Duration.ZERO,
              Holder.UNKNOWN,
              "");
      assertThat(leases.table.isProven(invented)).isFalse();
      LeaseRefused refused = (LeaseRefused) leases.table.ask(invented);
      assertThat(refused.reason()).isEqualTo(Reason.NOT_PERMITTED);
    }
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 0));
  }

  @Test
  void ask_continuedTwice_keepsItsProof() throws Exception {
    Lease first = leases.granted(ask("a")).lease();
    crash();
    Lease second = leases.granted(held("a", first.token())).lease();
    assertThat(second.continuation()).isEqualTo(first.continuation()).isNotEmpty();
  }

  @Test
  void ask_heldAfterTheWindow_hasEnded() throws Exception {
    FencingToken token = leases.granted(ask("a")).lease().token();
    crash();
    leases.pass(MINUTE);
    assertThat(leases.refused(held("a", token)).cause()).contains(EndCause.NOT_KNOWN);
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 0));
  }

  @Test
  void ask_heldWhileTheWindowEnds_isCountedOutAgain() throws Exception {
    FencingToken token = leases.granted(ask("a")).lease().token();
    crash();
    leases.disk.before(Step.RENAME, () -> leases.ticker.advance(MINUTE));
    LeaseRequest longer =
        ask(
            ALPHA,
            Operation.WRITE,
            Optional.of(MINUTE.plusSeconds(1)),
            Optional.of("a"),
            Optional.of(token));
    leases.pass(MINUTE.minusMillis(1));
    assertThat(leases.refused(longer).cause()).contains(EndCause.NOT_KNOWN);
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 0));
    assertThat(leases.counted.live()).isZero();
  }

  @Test
  void ask_heldWithItsAgeAndPurpose_keepsBoth() throws Exception {
    FencingToken token = leases.granted(ask("a")).lease().token();
    crash();
    Leased again =
        leases.granted(
            new LeaseRequest(
                ALPHA,
                Operation.WRITE,
                Optional.empty(),
                Optional.empty(),
                Optional.of(new LeaseId("a")),
                Optional.of(token),
                "",
                Duration.ofHours(41),
                Holder.UNKNOWN,
                "verify vm/100"));
    assertThat(again.lease().purpose()).isEqualTo("verify vm/100");
    leases.pass(Duration.ofSeconds(5));
    assertThat(leases.counted.on(ALPHA))
        .singleElement()
        .satisfies(shown -> assertThat(shown.age()).isEqualTo(Duration.ofHours(41).plusSeconds(5)));
  }

  @Test
  void release_ofInventedIdsInTheWindow_isBounded() throws Exception {
    leases.granted(ask("a"));
    crash();
    var spent = new ReleasedIds(leases.room.recovery()::active, 100);
    for (int id = 0; id < 10_000; id++) {
      spent.note(new LeaseId("invented-" + id), Principal.ANONYMOUS);
    }
    assertThat(spent.size()).isEqualTo(100);
    assertThat(spent.contains(new LeaseId("invented-9999"), Principal.ANONYMOUS)).isTrue();
  }

  @Test
  void ask_heldWithATokenOfThisRun_hasEnded() throws Exception {
    leases.granted(ask("a"));
    crash();
    FencingToken ofThisRun = leases.granted(ask("b")).lease().token();
    assertThat(leases.refused(held("a", ofThisRun)).cause()).contains(EndCause.NOT_KNOWN);
  }

  @Test
  void ask_heldOnADatastoreThatIsGone_hasEnded() throws Exception {
    FencingToken token = leases.granted(ask("a")).lease().token();
    crash();
    DatastoreName gone = DatastoreName.of("gone");
    LeaseRequest ask =
        ask(gone, Operation.WRITE, Optional.empty(), Optional.of("a"), Optional.of(token));
    assertThat(leases.refused(ask).cause()).contains(EndCause.DATASTORE_GONE);
  }

  @Test
  void ask_heldOfASession_isTakenOverWhenTheSessionIsOpenedAgain() throws Exception {
    leases.open("s");
    FencingToken token = leases.granted(under("s", "a")).lease().token();
    leases.granted(under("s", "lost"));
    crash();
    LeaseRequest held = under("s", "a", ALPHA, Operation.WRITE, Optional.of(token));
    assertThat(leases.keepAlive("s")).isEqualTo(new SessionUnknown(true));
    assertThat(leases.refused(held).reason()).isEqualTo(Reason.SESSION_NOT_FOUND);
    leases.open("s");
    assertThat(leases.renewed("s").leases()).as("only what was reclaimed").isZero();
    assertThat(leases.granted(held).how()).isEqualTo(How.RECLAIMED);
    leases.pass(Duration.ofSeconds(6));
    assertThat(leases.renewed("s").leases()).isEqualTo(1);
    leases.pass(Duration.ofSeconds(6));
    assertThat(leases.room.recovery().active()).isFalse();
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 1));
    assertThat(leases.keepAlive("other")).isEqualTo(new SessionUnknown(false));
  }

  @Test
  void keepAlive_ofASessionThatThisStartMade_isNotRecovering() throws Exception {
    leases.open("s");
    crash();
    SessionRequest ask =
        new SessionRequest(Optional.empty(), Holder.UNKNOWN, Optional.empty(), false);
    SessionId made = ((SessionOpened) leases.sessions.open(ask)).session().id();
    assertThat(leases.sessions.close(made, Principal.ANONYMOUS)).isTrue();
    assertThat(leases.keepAlive(made.value())).isEqualTo(new SessionUnknown(false));
  }

  @Test
  void ask_heldAfterItsRelease_isNotTakenOver() throws Exception {
    FencingToken first = leases.granted(ask("a")).lease().token();
    FencingToken second = leases.granted(ask("b")).lease().token();
    crash();
    assertThat(leases.release("a")).as("not reclaimed yet").isFalse();
    assertThat(leases.refused(held("a", first)).cause()).contains(EndCause.NOT_KNOWN);
    leases.granted(held("b", second));
    assertThat(leases.release("b")).isTrue();
    assertThat(leases.refused(held("b", second)).cause()).contains(EndCause.NOT_KNOWN);
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 0));
  }

  @Test
  void ask_heldAfterADrainAndASecondCrash_hasEnded() throws Exception {
    FencingToken token = leases.granted(ask("a")).lease().token();
    crash();
    leases.setMode(ALPHA, MaintenanceMode.READ_ONLY);
    leases.pass(MINUTE);
    leases.raiseFloor(ALPHA, MaintenanceMode.READ_ONLY);
    FencingToken reader = leases.granted(ask("r", ALPHA, Operation.READ, MINUTE)).lease().token();
    crash();
    assertThat(leases.refused(held("a", token)).cause()).contains(EndCause.DRAINED);
    LeaseRequest read =
        ask(ALPHA, Operation.READ, Optional.of(MINUTE), Optional.of("r"), Optional.of(reader));
    assertThat(leases.granted(read).how()).isEqualTo(How.RECLAIMED);
    crash();
    assertThat(leases.refused(held("a", token)).cause()).as("still").contains(EndCause.DRAINED);
  }

  @Test
  void remember_longAfterAnEarlierDrain_dropsItsFloor() throws Exception {
    leases.granted(ask("a", ALPHA, Operation.WRITE, Duration.ofSeconds(5)));
    leases.pass(Duration.ofSeconds(5));
    leases.raiseFloor(ALPHA, MaintenanceMode.OFFLINE);
    assertThat(floors()).isEqualTo(2);
    leases.pass(Duration.ofSeconds(4));
    leases.raiseFloor(LeaseFixture.BETA, MaintenanceMode.READ_ONLY);
    assertThat(floors()).isEqualTo(3);
    leases.pass(Duration.ofSeconds(1));
    leases.raiseFloor(LeaseFixture.BETA, MaintenanceMode.READ_ONLY);
    assertThat(floors()).isEqualTo(1);
  }

  private int floors() throws Exception {
    return PromisesOnDisk.in(directory).floors();
  }
}
