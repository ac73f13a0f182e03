package io.datastored.lease;

import static io.datastored.lease.LeaseFixture.ALPHA;
import static io.datastored.lease.LeaseFixture.BETA;
import static io.datastored.lease.LeaseFixture.CLOSED;
import static io.datastored.lease.LeaseFixture.MINUTE;
import static io.datastored.lease.LeaseFixture.ask;
import static io.datastored.lease.LeaseFixture.held;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.access.Principal;
import io.datastored.lease.LeaseOutcome.LeaseRefused;
import io.datastored.lease.LeaseOutcome.LeaseRefused.Reason;
import io.datastored.lease.LeaseOutcome.Leased;
import io.datastored.lease.LeaseOutcome.Leased.How;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import io.datastored.promise.EarlierLeases;
import io.datastored.promise.FencingToken;
import io.datastored.promise.PromisesOnDisk;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LeaseTableTest {

  private static final Duration TICK = new LeaseOptions.Builder().build().tick();

  @TempDir Path directory;
  private LeaseFixture leases;

  @BeforeEach
  void open() throws Exception {
    leases = new LeaseFixture(directory, LeaseFixture.exact(options -> options.maxLeases = 3));
  }

  @Test
  void ask_first_isGrantedAndCounted() {
    Leased leased = leases.granted(ask("a"));
    assertThat(leased.how()).isEqualTo(How.GRANTED);
    assertThat(leased.ttl()).isEqualTo(MINUTE);
    assertThat(leased.lease().token().value()).isGreaterThanOrEqualTo(1_800_000_000L << 20);
    assertThat(leased.datastore().name()).isEqualTo(ALPHA);
    assertThat(leased.revision()).isEqualTo(leases.engine.snapshot().revision());
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 1));
    assertThat(leases.counted.live()).isEqualTo(1);
    assertThat(leases.counted.live(ALPHA)).isEqualTo(1);
    assertThat(leases.counted.live(BETA)).isZero();
  }

  @Test
  void ask_ttlOutOfBounds_isBroughtIn() {
    assertThat(leases.granted(ask("a", ALPHA, Operation.READ, Duration.ofMillis(1))).ttl())
        .isEqualTo(Duration.ofSeconds(1));
    assertThat(leases.granted(ask("b", ALPHA, Operation.READ, Duration.ofDays(9))).ttl())
        .isEqualTo(Duration.ofMinutes(10));
  }

  @Test
  void ask_withoutId_getsAnotherOneEachTime() {
    LeaseRequest anonymous =
        ask(ALPHA, Operation.READ, Optional.empty(), Optional.empty(), Optional.empty());
    LeaseId first = leases.granted(anonymous).lease().id();
    LeaseId second = leases.granted(anonymous).lease().id();
    assertThat(first).isNotEqualTo(second);
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(2, 0));
    assertThat(leases.table.release(first, Principal.ANONYMOUS)).isTrue();
  }

  @Test
  void askNow_beforeAnythingWasPromised_isForAThreadThatMayBlock() {
    assertThat(leases.table.askNow(ask("a"))).isEmpty();
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 0));
    assertThat(leases.counted.live()).isZero();
    leases.granted(ask("a"));
    assertThat(leases.table.askNow(ask("b"))).get().isInstanceOf(Leased.class);
  }

  @Test
  void askNow_renewalForLongerThanEverPromised_isForAThreadThatMayBlock() throws Exception {
    leases.granted(ask("a"));
    leases.release("a");
    leases.pass(Duration.ofMinutes(11));
    leases.room.settle();
    leases.granted(ask("a"));
    LeaseRequest longer = ask("a", ALPHA, Operation.WRITE, MINUTE.plusSeconds(1));
    assertThat(leases.table.askNow(longer)).isEmpty();
    assertThat(leases.granted(longer).ttl()).isEqualTo(MINUTE.plusSeconds(1));
    assertThat(leases.table.askNow(longer)).isPresent();
  }

  @Test
  void ask_again_isTheSameLeaseRenewedAndCountedOnce() {
    Leased first = leases.granted(ask("a"));
    leases.pass(Duration.ofSeconds(40));
    Leased again = leases.granted(ask("a"));
    assertThat(again.how()).isEqualTo(How.RENEWED);
    assertThat(again.lease()).isSameAs(first.lease());
    assertThat(again.ttl()).isEqualTo(MINUTE);
    leases.pass(Duration.ofSeconds(40));
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 1));
  }

  @Test
  void ask_againWithAShorterTtl_shortensNothing() {
    leases.granted(ask("a"));
    leases.pass(Duration.ofSeconds(10));
    Leased again = leases.granted(ask("a", ALPHA, Operation.WRITE, Duration.ofSeconds(1)));
    assertThat(again.ttl()).isBetween(Duration.ofSeconds(50), Duration.ofSeconds(51));
  }

  @Test
  void ask_liveIdForSomethingElse_isReused() {
    leases.granted(ask("a"));
    assertThat(leases.refused(ask("a", BETA, Operation.WRITE, MINUTE)).reason())
        .isEqualTo(Reason.LEASE_ID_REUSED);
    assertThat(leases.refused(ask("a", ALPHA, Operation.READ, MINUTE)).reason())
        .isEqualTo(Reason.LEASE_ID_REUSED);
    assertThat(leases.counts(BETA)).isEqualTo(new OperationCounts(0, 0));
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 1));
  }

  @Test
  void ask_withASession_isNotFound() {
    LeaseRequest ask =
        new LeaseRequest(
            ALPHA,
            Operation.WRITE,
            Optional.of(new SessionId("s")),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            "",
            Duration.ZERO,
            Holder.UNKNOWN,
            "");
    assertThat(leases.refused(ask).reason()).isEqualTo(Reason.SESSION_NOT_FOUND);
    assertThat(leases.table.refusal(ask)).isPresent();
  }

  @Test
  void ask_underMaintenance_countsNothing() {
    LeaseRefused refused = leases.refused(ask("a", CLOSED, Operation.READ, MINUTE));
    assertThat(refused.reason()).isEqualTo(Reason.NOT_PERMITTED);
    assertThat(refused.refusal()).isPresent();
    assertThat(leases.counts(CLOSED)).isEqualTo(new OperationCounts(0, 0));
    assertThat(leases.counted.live()).isZero();
    assertThat(leases.room.remembered()).isZero();
  }

  @Test
  void ask_beyondTheLimit_isRefusedUntilOneEnds() {
    leases.granted(ask("a"));
    leases.granted(ask("b"));
    leases.granted(ask("c"));
    assertThat(leases.refused(ask("d")).reason()).isEqualTo(Reason.QUOTA_EXCEEDED);
    assertThat(leases.granted(ask("a")).how()).as("a repetition").isEqualTo(How.RENEWED);
    leases.release("b");
    assertThat(leases.granted(ask("d")).how()).isEqualTo(How.GRANTED);
  }

  @Test
  void ask_ledgerCannotBeWritten_grantsNothing() {
    leases.disk.fill();
    assertThat(leases.refused(ask("a")).reason()).isEqualTo(Reason.NOT_PROMISED);
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 0));
    assertThat(leases.counted.live()).isZero();
    leases.disk.heal();
    assertThat(leases.granted(ask("a")).how()).isEqualTo(How.GRANTED);
  }

  @Test
  void ask_expiredId_isEndedUntilReleased() {
    leases.granted(ask("a"));
    leases.pass(MINUTE.plus(TICK));
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 0));
    LeaseRefused refused = leases.refused(ask("a"));
    assertThat(refused.reason()).isEqualTo(Reason.LEASE_ENDED);
    assertThat(refused.cause()).contains(EndCause.EXPIRED);
    assertThat(leases.release("a")).as("it had ended before").isFalse();
    assertThat(leases.granted(ask("a")).how()).isEqualTo(How.GRANTED);
  }

  @Test
  void ask_expiredId_isForgottenAfterOneMoreTtl() {
    leases.granted(ask("a"));
    leases.pass(MINUTE.multipliedBy(2).minus(TICK));
    assertThat(leases.refused(ask("a")).reason()).isEqualTo(Reason.LEASE_ENDED);
    leases.pass(TICK.multipliedBy(3));
    assertThat(leases.room.remembered()).isZero();
    assertThat(leases.room.filed()).isZero();
    assertThat(leases.granted(ask("a")).how()).isEqualTo(How.GRANTED);
  }

  @Test
  void ask_expiredIdBetweenSweeps_isEndedAndCountedOutByTheAsk() {
    leases.granted(ask("a"));
    leases.pass(MINUTE.minus(TICK));
    leases.ticker.advance(TICK);
    assertThat(leases.counts(ALPHA)).as("not swept").isEqualTo(new OperationCounts(0, 1));
    assertThat(leases.refused(ask("a")).reason()).isEqualTo(Reason.LEASE_ENDED);
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 0));
    leases.pass(TICK);
    assertThat(leases.counts(ALPHA)).as("not twice").isEqualTo(new OperationCounts(0, 0));
    assertThat(leases.counted.live()).isZero();
  }

  @Test
  void held_liveAndTheSameToken_isRenewedWhateverTheMode() {
    FencingToken token = leases.granted(ask("a")).lease().token();
    leases.fixture.edit(
        LeaseFixture.CONFIG.replace(
            "\tpath /srv/alpha\n", "\tpath /srv/alpha\n\tmaintenance-mode offline\n"));
    leases.pass(Duration.ofSeconds(59));
    Leased renewed = leases.granted(held("a", token));
    assertThat(renewed.how()).isEqualTo(How.RENEWED);
    assertThat(renewed.datastore().maintenance().mode().word()).isEqualTo("offline");
    leases.pass(Duration.ofSeconds(59));
    assertThat(leases.counted.live()).isEqualTo(1);
    assertThat(leases.refused(ask("b")).reason()).as("a first ask").isEqualTo(Reason.NOT_PERMITTED);
  }

  @Test
  void held_datastoreRemovedMeanwhile_isRenewedOnWhatItWasGrantedOn() {
    FencingToken token = leases.granted(ask("a")).lease().token();
    leases.fixture.edit("datastore: beta\n\tpath /srv/beta\n");
    Leased renewed = leases.granted(held("a", token));
    assertThat(renewed.how()).isEqualTo(How.RENEWED);
    assertThat(renewed.datastore().name()).isEqualTo(ALPHA);
    assertThat(leases.release("a")).isTrue();
  }

  @Test
  void held_neverMakesALease() {
    FencingToken token = leases.granted(ask("a")).lease().token();
    assertThat(leases.refused(held("b", token)).cause()).contains(EndCause.NOT_KNOWN);
    leases.release("a");
    assertThat(leases.refused(held("a", token)).cause()).contains(EndCause.NOT_KNOWN);
    leases.granted(ask("a"));
    assertThat(leases.refused(held("a", token)).cause()).contains(EndCause.GRANTED_AGAIN);
    leases.pass(MINUTE.plus(TICK));
    assertThat(leases.refused(held("a", token)).cause()).contains(EndCause.EXPIRED);
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 0));
  }

  @Test
  void release_twice_endsOnce() {
    leases.granted(ask("a"));
    assertThat(leases.release("a")).isTrue();
    assertThat(leases.release("a")).isFalse();
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 0));
    assertThat(leases.room.remembered()).isZero();
    assertThat(leases.room.filed()).as("a released lease holds no memory").isZero();
  }

  @Test
  void release_unknown_isFalse() {
    assertThat(leases.release("never")).isFalse();
  }

  @Test
  void release_thenAskThatItOvertook_endsByItsTtl() {
    leases.release("a");
    leases.granted(ask("a"));
    leases.pass(MINUTE.plus(TICK));
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 0));
  }

  @Test
  void undo_granted_leavesNothing() {
    leases.table.undo(leases.granted(ask("a")));
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 0));
    assertThat(leases.room.remembered()).isZero();
    assertThat(leases.room.filed()).isZero();
    assertThat(leases.granted(ask("a")).how()).isEqualTo(How.GRANTED);
  }

  @Test
  void undo_repeatedMeanwhileByAnotherCall_keepsTheLease() {
    Leased cancelled = leases.granted(ask("a"));
    Leased repeated = leases.granted(ask("a"));
    leases.table.undo(cancelled);
    assertThat(leases.counted.live()).isEqualTo(1);
    leases.table.undo(repeated);
    assertThat(leases.counted.live()).as("a renewal is not undone").isEqualTo(1);
  }

  @Test
  void token_rises_overAllDatastores() {
    FencingToken first = leases.granted(ask("a")).lease().token();
    FencingToken second = leases.granted(ask("b", BETA, Operation.READ, MINUTE)).lease().token();
    leases.release("a");
    FencingToken third = leases.granted(ask("a")).lease().token();
    assertThat(second).isGreaterThan(first);
    assertThat(third).isGreaterThan(second);
    assertThat(leases.granted(ask("a")).lease().token()).as("a renewal").isEqualTo(third);
  }

  @Test
  void refusal_tellsWhatAskWouldAndChangesNothing() {
    assertThat(leases.table.refusal(ask("a"))).isEmpty();
    assertThat(leases.table.refusal(ask("a", CLOSED, Operation.READ, MINUTE)))
        .get()
        .extracting(LeaseRefused::reason)
        .isEqualTo(Reason.NOT_PERMITTED);
    FencingToken token = leases.granted(ask("a")).lease().token();
    assertThat(leases.table.refusal(ask("a"))).isEmpty();
    assertThat(leases.table.refusal(held("a", token))).isEmpty();
    assertThat(leases.table.refusal(held("b", token)))
        .get()
        .extracting(LeaseRefused::reason)
        .isEqualTo(Reason.LEASE_ENDED);
    assertThat(leases.table.refusal(ask("a", BETA, Operation.READ, MINUTE)))
        .get()
        .extracting(LeaseRefused::reason)
        .isEqualTo(Reason.LEASE_ID_REUSED);
    leases.granted(ask("b"));
    leases.granted(ask("c"));
    assertThat(leases.table.refusal(ask("d")))
        .get()
        .extracting(LeaseRefused::reason)
        .isEqualTo(Reason.QUOTA_EXCEEDED);
    leases.pass(MINUTE.plus(TICK));
    assertThat(leases.counts(ALPHA)).as("none was renewed").isEqualTo(new OperationCounts(0, 0));
    assertThat(leases.table.refusal(ask("a")))
        .get()
        .extracting(LeaseRefused::reason)
        .isEqualTo(Reason.LEASE_ENDED);
  }

  @Test
  void sweep_afterAStallOfTheServer_endsNobodyWhoStillHadTime() {
    FencingToken token = leases.granted(ask("a")).lease().token();
    leases.pass(Duration.ofSeconds(50));
    leases.ticker.advance(Duration.ofHours(1));
    assertThat(leases.table.refusal(ask("a"))).as("before the first sweep").isEmpty();
    leases.room.sweep();
    assertThat(leases.counted.live()).isEqualTo(1);
    leases.pass(Duration.ofSeconds(8));
    assertThat(leases.granted(held("a", token)).how()).isEqualTo(How.RENEWED);
  }

  @Test
  void sweep_afterAStall_endsAtWhatWasLeft() {
    leases.granted(ask("a"));
    leases.pass(Duration.ofSeconds(50));
    leases.ticker.advance(Duration.ofHours(1));
    leases.pass(Duration.ofSeconds(10));
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 0));
  }

  @Test
  void settle_noneLive_isNotedOnceTheLastRunIsOver() throws Exception {
    LeaseOptions unknown =
        LeaseFixture.exact(options -> options.earlierLeases = EarlierLeases.POSSIBLE);
    PromisesOnDisk.lose(directory);
    leases = new LeaseFixture(directory, unknown);
    leases.granted(ask("a"));
    leases.room.settle();
    assertThat(settledOnDisk()).isFalse();
    leases.release("a");
    leases.room.settle();
    assertThat(settledOnDisk()).as("of the run before").isFalse();
    leases.pass(Duration.ofMinutes(11));
    leases.room.settle();
    assertThat(settledOnDisk()).isTrue();
    leases.granted(ask("a"));
    assertThat(settledOnDisk()).as("written before it is granted").isFalse();
  }

  private boolean settledOnDisk() throws Exception {
    return PromisesOnDisk.in(directory).settled();
  }
}
