package io.datastored.lease;

import static io.datastored.lease.LeaseFixture.ALPHA;
import static io.datastored.lease.LeaseFixture.ask;
import static io.datastored.lease.LeaseFixture.held;
import static io.datastored.lease.LeaseFixture.under;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.access.AuditTrail;
import io.datastored.access.Principal;
import io.datastored.config.MaintenanceMode;
import io.datastored.file.BreakableDisk;
import io.datastored.file.BreakableDisk.Step;
import io.datastored.lease.KeepAliveOutcome.SessionNotKept;
import io.datastored.lease.KeepAliveOutcome.SessionRenewed;
import io.datastored.lease.KeepAliveOutcome.SessionUnknown;
import io.datastored.lease.LeaseOutcome.LeaseRefused;
import io.datastored.lease.LeaseOutcome.LeaseRefused.Reason;
import io.datastored.lease.LeaseOutcome.Leased;
import io.datastored.lease.SessionOutcome.SessionRefused;
import io.datastored.operation.OperationCounts;
import io.datastored.promise.LifeId;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing is promised without authority, and nothing of a life that is over is left. */
final class AuthorityInGrantsTest {

  @TempDir Path directory;
  private Optional<LifeId> life = Optional.of(new LifeId("first"));
  private int livesOver;
  private LeaseFixture leases;

  @BeforeEach
  void open() throws Exception {
    leases =
        new LeaseFixture(
            directory,
            LeaseFixture.exact(options -> options.tokenBlock = 2),
            new BreakableDisk(),
            AuditTrail.NONE,
            () -> life);
  }

  /** As the thread does that finds that others have stopped waiting for this server. */
  private void nextLife() {
    life = Optional.empty();
    leases.room.drop();
    life = Optional.of(new LifeId("next".substring(0, ++livesOver)));
  }

  private SessionRequest sessionRequest(String id) {
    return new SessionRequest(
        Optional.of(new SessionId(id)), Holder.UNKNOWN, Optional.empty(), false);
  }

  private void assertNothingIsLeft() {
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 0));
    assertThat(leases.counted.live()).isZero();
    assertThat(leases.sessions.live()).isZero();
    assertThat(leases.room.remembered()).isZero();
    assertThat(leases.room.filed()).isZero();
  }

  @Test
  void withoutAuthority_nothingIsPromised_untilItIsBack() {
    leases.open("s");
    Leased alone = leases.granted(ask("alone"));
    leases.granted(under("s:first", "shared"));
    life = Optional.empty();

    assertThat(leases.refused(ask("a")).reason()).isEqualTo(Reason.NOT_PROMISED);
    assertThat(leases.refused(ask("a")).detail()).contains("authority");
    assertThat(leases.refused(under("s:first", "b")).reason()).isEqualTo(Reason.NOT_PROMISED);
    assertThat(leases.refused(ask("alone")).reason()).as("renewal").isEqualTo(Reason.NOT_PROMISED);
    assertThat(leases.refused(held("alone", alone.lease().token())).reason())
        .isEqualTo(Reason.NOT_PROMISED);
    assertThat(leases.refused(under("s:first", "shared")).reason())
        .as("how long the session goes on is a promise, too")
        .isEqualTo(Reason.NOT_PROMISED);
    assertThat(leases.sessions.open(sessionRequest("t"))).isInstanceOf(SessionRefused.class);
    assertThat(leases.sessions.open(sessionRequest("s"))).isInstanceOf(SessionRefused.class);
    assertThat(leases.sessions.openNow(sessionRequest("t"))).isEmpty();
    assertThat(leases.table.askNow(ask("a"))).isEmpty();
    assertThat(leases.keepAlive("s:first")).isInstanceOf(SessionNotKept.class);
    assertThat(
            leases.sessions.keepAliveNow(
                new SessionId("s:first"), Optional.empty(), Principal.ANONYMOUS))
        .isEmpty();
    assertThat(leases.counts(ALPHA))
        .as("what was granted stays")
        .isEqualTo(new OperationCounts(0, 2));
    assertThat(leases.release("alone")).as("nobody needs authority to give back").isTrue();

    life = Optional.of(new LifeId("first"));
    assertThat(leases.keepAlive("s:first")).isInstanceOf(SessionRenewed.class);
    assertThat(leases.granted(under("s:first", "shared")).how()).isEqualTo(Leased.How.RENEWED);
  }

  /** Check, (stopped: the life ends, its leases are dropped, the next one begins), register. */
  @Test
  void grant_nextLifeBeginsAfterTheCheck_isRefused_andLeavesNothingBehind() {
    leases.granted(ask("first"));
    leases.disk.before(Step.RENAME, this::nextLife);
    LeaseRefused refused = leases.refused(ask("a"));
    assertThat(refused.reason()).isEqualTo(Reason.NOT_PROMISED);
    assertNothingIsLeft();
    assertThat(leases.granted(ask("a")).how()).as("in the next life").isEqualTo(Leased.How.GRANTED);
  }

  @Test
  void open_nextLifeBeginsAfterTheCheck_isRefused_andLeavesNothingBehind() {
    leases.open("first");
    leases.ticker.atReading(1, this::nextLife);
    assertThat(leases.sessions.open(sessionRequest("s"))).isInstanceOf(SessionRefused.class);
    assertNothingIsLeft();
    leases.ticker.atReading(1, this::nextLife);
    assertThat(leases.sessions.openNow(sessionRequest("s")))
        .containsInstanceOf(SessionRefused.class);
    assertNothingIsLeft();
  }

  @Test
  void drop_leavesNoSessionAndNoLease_whateverItsState() {
    leases.open("s");
    leases.granted(under("s:first", "forced"));
    leases.granted(ask("forced-alone"));
    assertThat(leases.forceEnd(ALPHA, MaintenanceMode.OFFLINE)).isEqualTo(2);
    leases.granted(under("s:first", "shared"));
    Leased alone = leases.granted(ask("alone"));
    nextLife();
    assertThat(leases.counted.forced(ALPHA)).isZero();
    assertNothingIsLeft();
    assertThat(leases.keepAlive("s:first")).isInstanceOf(SessionUnknown.class);
    assertThat(leases.refused(held("alone", alone.lease().token())).reason())
        .as("it is not in the memory of the next life")
        .isEqualTo(Reason.LEASE_ENDED);
  }
}
