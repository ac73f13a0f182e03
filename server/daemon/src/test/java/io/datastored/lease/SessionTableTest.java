package io.datastored.lease;

import static io.datastored.lease.LeaseFixture.ALPHA;
import static io.datastored.lease.LeaseFixture.BETA;
import static io.datastored.lease.LeaseFixture.under;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.MaintenanceMode;
import io.datastored.history.Revision;
import io.datastored.lease.KeepAliveOutcome.SessionRenewed;
import io.datastored.lease.KeepAliveOutcome.SessionUnknown;
import io.datastored.lease.LeaseOutcome.LeaseRefused;
import io.datastored.lease.LeaseOutcome.LeaseRefused.Reason;
import io.datastored.lease.LeaseOutcome.Leased;
import io.datastored.lease.SessionOutcome.SessionOpened;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SessionTableTest {

  private static final Duration TTL = new SessionOptions.Builder().build().defaultTtl();
  private static final Duration THIRD = Duration.ofSeconds(3);

  @TempDir Path directory;
  private LeaseFixture leases;

  @BeforeEach
  void open() throws Exception {
    leases = new LeaseFixture(directory, LeaseFixture.EXACT);
  }

  @Test
  void open_withoutId_choosesOneThatTellsItsStart() {
    SessionRequest ask =
        new SessionRequest(Optional.empty(), Holder.UNKNOWN, Optional.empty(), false);
    Session first = ((SessionOpened) leases.sessions.open(ask)).session();
    Session second = ((SessionOpened) leases.sessions.open(ask)).session();
    String start = Long.toHexString(1_800_000_000L << 20) + "-";
    assertThat(first.id().value()).startsWith(start + "1-").hasSize(start.length() + 2 + 32);
    assertThat(second.id().value()).startsWith(start + "2-");
    assertThat(leases.sessions.live()).isEqualTo(2);
  }

  @Test
  void open_again_renewsAndKeepsTheRevisionOfItsOpening() {
    Session first = leases.openCaching("s").session();
    Revision mode = leases.setMode(ALPHA, MaintenanceMode.OFFLINE);
    leases.pass(Duration.ofSeconds(8));
    assertThat(leases.open("s").session()).isSameAs(first);
    leases.pass(Duration.ofSeconds(8));
    assertThat(leases.sessions.find(new SessionId("s"))).contains(first);
    assertThat(first.isBehind(mode)).isTrue();
    assertThat(leases.sessions.live()).isEqualTo(1);
  }

  @Test
  void keepAlive_inTime_keepsTheSessionAndItsLeases() {
    leases.open("s");
    leases.granted(under("s", "a"));
    for (int i = 0; i < 10; i++) {
      leases.pass(THIRD);
      SessionRenewed renewed = leases.renewed("s");
      assertThat(renewed.ttl()).isEqualTo(TTL);
      assertThat(renewed.leases()).isEqualTo(1);
      assertThat(renewed.endedLeases()).isEmpty();
    }
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 1));
    assertThat(leases.close("s")).isTrue();
    assertThat(leases.close("s")).isFalse();
    assertAllIsOver();
  }

  @Test
  void keepAlive_tooLate_isUnknownAndTheLeasesHaveEnded() {
    leases.open("s");
    Leased leased = leases.granted(under("s", "a"));
    leases.ticker.advance(Duration.ofSeconds(1));
    leases.pass(TTL);
    assertThat(leases.keepAlive("s")).isInstanceOf(SessionUnknown.class);
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 0));
    assertThat(leases.counted.live()).isZero();
    leases.open("s");
    LeaseRefused refused =
        leases.refused(
            under("s", "a", ALPHA, Operation.WRITE, Optional.of(leased.lease().token())));
    assertThat(refused.reason()).isEqualTo(Reason.LEASE_ENDED);
    assertThat(refused.cause()).contains(EndCause.EXPIRED);
    leases.pass(TTL.plusSeconds(1));
    assertAllIsOver();
  }

  @Test
  void ask_underASession_livesAsLongAndShowsItsHolder() {
    leases.open("s");
    leases.granted(under("s", "a"));
    leases.granted(under("s", "b", BETA, Operation.READ, Optional.empty()));
    leases.pass(Duration.ofSeconds(4));
    HeldLease held = leases.counted.on(ALPHA).get(0);
    assertThat(held.timeLeft()).isEqualTo(Duration.ofSeconds(6));
    assertThat(held.age()).isEqualTo(Duration.ofSeconds(4));
    assertThat(held.lease().sessionId()).contains(new SessionId("s"));
    assertThat(leases.refused(LeaseFixture.ask("a")).reason()).isEqualTo(Reason.LEASE_ID_REUSED);
    assertThat(leases.refused(under("none", "c")).reason()).isEqualTo(Reason.SESSION_NOT_FOUND);
    assertThat(leases.release("a")).isTrue();
    assertThat(leases.release("a")).isFalse();
    assertThat(leases.renewed("s").leases()).isEqualTo(1);
  }

  @Test
  void behind_cachingSessionThatHasNotApplied_isWaitedForUntilItHas() {
    leases.openCaching("old");
    leases.open("plain");
    Revision mode = leases.setMode(ALPHA, MaintenanceMode.OFFLINE);
    leases.openCaching("young");
    assertThat(leases.live.behind(mode))
        .extracting(shown -> shown.session().id().value())
        .containsExactly("old");
    leases.applied("old", mode);
    assertThat(leases.live.behind(mode)).isEmpty();
  }

  @Test
  void keepAlive_behindAModeThatADrainWaitsFor_isNotRenewedBeyondOneMoreTtl() {
    leases.openCaching("s");
    leases.pass(THIRD);
    Revision mode = leases.setMode(ALPHA, MaintenanceMode.OFFLINE);
    assertThat(leases.live.behind(mode)).hasSize(1);
    leases.pass(Duration.ofSeconds(6));
    assertThat(leases.renewed("s").ttl()).isEqualTo(Duration.ofSeconds(4));
    assertThat(leases.live.behind(mode)).hasSize(1);
    leases.pass(Duration.ofSeconds(4));
    assertThat(leases.live.behind(mode)).isEmpty();
    assertThat(leases.keepAlive("s")).isInstanceOf(SessionUnknown.class);
  }

  @Test
  void keepAlive_appliedAModeThatADrainWaitedFor_isRenewedAsBefore() {
    leases.openCaching("s");
    Revision mode = leases.setMode(ALPHA, MaintenanceMode.OFFLINE);
    assertThat(leases.live.behind(mode)).hasSize(1);
    leases.pass(Duration.ofSeconds(6));
    assertThat(leases.applied("s", mode).ttl()).isEqualTo(TTL);
    leases.pass(Duration.ofSeconds(9));
    assertThat(leases.keepAlive("s")).isInstanceOf(SessionRenewed.class);
  }

  @Test
  void forceEnd_leaseOfASession_isToldByKeepAliveUntilReleased() {
    leases.open("s");
    leases.granted(under("s", "a"));
    leases.granted(under("s", "b", BETA, Operation.READ, Optional.empty()));
    assertThat(leases.forceEnd(ALPHA, MaintenanceMode.OFFLINE)).isEqualTo(1);
    assertThat(leases.forceEnd(ALPHA, MaintenanceMode.OFFLINE)).isZero();
    assertThat(leases.counted.forced(ALPHA)).isEqualTo(1);
    assertThat(leases.counted.live(ALPHA)).isZero();
    assertThat(leases.counts(ALPHA)).as("counted still").isEqualTo(new OperationCounts(0, 1));
    leases.pass(THIRD);
    SessionRenewed renewed = leases.renewed("s");
    assertThat(renewed.endedLeases()).containsExactly(new LeaseId("a"));
    assertThat(renewed.leases()).isEqualTo(1);
    assertThat(leases.refused(under("s", "a")).cause()).contains(EndCause.FORCED);
    assertThat(leases.release("a")).isFalse();
    assertThat(leases.counted.forced(ALPHA)).isZero();
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 0));
    assertThat(leases.renewed("s").endedLeases()).isEmpty();
  }

  @Test
  void forceEnd_holderIsSilent_isCountedUntilItMustHaveStopped() {
    leases.open("s");
    leases.granted(under("s", "a"));
    leases.pass(THIRD);
    assertThat(leases.forceEnd(ALPHA, MaintenanceMode.OFFLINE)).isEqualTo(1);
    leases.pass(THIRD);
    leases.renewed("s");
    leases.pass(THIRD);
    assertThat(leases.counted.forced(ALPHA)).isEqualTo(1);
    leases.pass(Duration.ofSeconds(1));
    leases.pass(LeaseFixture.EXACT.tick());
    assertThat(leases.counted.forced(ALPHA)).isZero();
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 0));
    assertThat(leases.renewed("s").endedLeases()).containsExactly(new LeaseId("a"));
  }

  private void assertAllIsOver() {
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 0));
    assertThat(leases.counted.live()).isZero();
    assertThat(leases.room.remembered()).isZero();
  }
}
