package io.datastored.lease;

import static io.datastored.lease.LeaseFixture.ALPHA;
import static io.datastored.lease.LeaseFixture.under;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.datastored.access.Limit;
import io.datastored.access.LimitReached;
import io.datastored.access.Principal;
import io.datastored.config.MaintenanceMode;
import io.datastored.lease.KeepAliveOutcome.SessionRenewed;
import io.datastored.lease.LeaseOutcome.Leased;
import io.datastored.lease.SessionOutcome.SessionOpened;
import io.datastored.lease.SessionOutcome.SessionRefused;
import io.datastored.operation.OperationCounts;
import io.datastored.promise.ClockSlack;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Quotas, ttls, margins, and what must be on the disk. */
final class SessionLimitsTest {

  private static final Duration TTL = new SessionOptions.Builder().build().defaultTtl();

  @TempDir Path directory;
  private LeaseFixture leases;

  private void start(Consumer<SessionOptions.Builder> changes) throws Exception {
    leases =
        new LeaseFixture(
            directory, LeaseFixture.exact(options -> changes.accept(options.sessions)));
  }

  private static LimitReached byAll(String limit) {
    return LimitReached.byAll(new Limit(limit, 1));
  }

  @Test
  void open_moreThanTheServerMayHave_isRefusedWithTheLimit() throws Exception {
    start(quotas(1, 1));
    leases.open("a");
    assertThat(leases.open("a").session()).as("a repetition takes no place").isNotNull();
    SessionRefused refused = (SessionRefused) leases.sessions.open(ask("b", Optional.empty()));
    assertThat(refused.reason()).isEqualTo(SessionRefused.Reason.QUOTA_EXCEEDED);
    assertThat(refused.limit()).contains(byAll("max-sessions"));
    leases.close("a");
    leases.open("b");
  }

  @Test
  void ask_moreThanASessionMayHave_isRefusedWithTheLimit() throws Exception {
    start(quotas(2, 1));
    leases.open("s");
    leases.open("t");
    leases.granted(under("s", "a"));
    assertThat(leases.refused(under("s", "b")).limit()).contains(byAll("max-session-leases"));
    assertThat(leases.table.refusal(under("s", "b"))).isPresent();
    leases.granted(under("t", "b"));
    leases.release("a");
    leases.granted(under("s", "c"));
    int unused = leases.forceEnd(ALPHA, MaintenanceMode.OFFLINE);
    assertThat(leases.granted(under("s", "d"))).as("forced ones take no place").isNotNull();
    leases.close("s");
    leases.close("t");
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 0));
    assertThat(leases.counted.live()).isZero();
  }

  @Test
  void ask_moreThanTheServerMayHave_givesThePlaceInItsSessionBack() throws Exception {
    leases = new LeaseFixture(directory, LeaseFixture.exact(options -> options.maxLeases = 1));
    leases.open("s");
    leases.granted(under("s", "a"));
    assertThat(leases.refused(under("s", "b")).limit()).contains(byAll("max-leases"));
    assertThat(leases.renewed("s").leases()).isEqualTo(1);
  }

  @Test
  void open_ttlOutOfBounds_isBroughtIn() throws Exception {
    start(unchanged -> {});
    assertThat(opened("a", Duration.ofMillis(1)).ttl()).isEqualTo(Duration.ofSeconds(1));
    assertThat(opened("b", Duration.ofHours(1)).ttl()).isEqualTo(Duration.ofSeconds(60));
    assertThat(opened("c", Duration.ofSeconds(7)).ttl()).isEqualTo(Duration.ofSeconds(7));
    assertThat(leases.renewed("c").ttl()).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void keepAlive_underLoad_stretchesTheTtlAndShortensNoPromise() throws Exception {
    start(options -> options.keepAliveRate = 1);
    for (int i = 0; i < 5; i++) {
      leases.open("s" + i);
    }
    assertThat(leases.renewed("s0").ttl()).isEqualTo(Duration.ofSeconds(15));
    for (int i = 5; i < 30; i++) {
      leases.open("s" + i);
    }
    assertThat(leases.renewed("s0").ttl()).as("the longest").isEqualTo(Duration.ofSeconds(60));
    for (int i = 1; i < 30; i++) {
      leases.close("s" + i);
    }
    assertThat(leases.renewed("s0").ttl()).isEqualTo(TTL);
    leases.pass(Duration.ofSeconds(59));
    assertThat(leases.keepAlive("s0")).isInstanceOf(SessionRenewed.class);
  }

  @Test
  void keepAlive_withAMargin_isKeptLongerThanTold() throws Exception {
    leases =
        new LeaseFixture(
            directory, LeaseFixture.exact(options -> options.margin = ClockSlack.DEFAULT));
    assertThat(leases.open("s").ttl()).isEqualTo(TTL);
    assertThat(leases.renewed("s").ttl()).isEqualTo(TTL);
    Leased leased = leases.granted(LeaseFixture.ask("alone"));
    assertThat(leased.ttl()).isEqualTo(LeaseFixture.MINUTE);
    leases.pass(TTL.plusMillis(599));
    assertThat(leases.sessions.find(new SessionId("s"))).isPresent();
    leases.ticker.advance(Duration.ofMillis(2));
    assertThat(leases.sessions.find(new SessionId("s"))).isEmpty();
    leases.pass(Duration.ofSeconds(50).plusMillis(490));
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 1));
    leases.pass(Duration.ofMillis(200));
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 0));
  }

  @Test
  void openNow_beforeItsTtlWasEverPromised_isForAThreadThatMayBlock() throws Exception {
    start(unchanged -> {});
    assertThat(leases.sessions.openNow(ask("a", Optional.empty()))).isEmpty();
    assertThat(leases.sessions.live()).isZero();
    leases.open("a");
    assertThat(leases.sessions.openNow(ask("b", Optional.empty()))).isPresent();
    assertThat(leases.sessions.openNow(ask("c", Optional.of(TTL.plusSeconds(1))))).isEmpty();
  }

  @Test
  void open_ledgerCannotBeWritten_isRefused() throws Exception {
    start(unchanged -> {});
    leases.disk.fill();
    SessionRefused refused = (SessionRefused) leases.sessions.open(ask("a", Optional.empty()));
    assertThat(refused.reason()).isEqualTo(SessionRefused.Reason.NOT_PROMISED);
    assertThat(leases.sessions.live()).isZero();
  }

  @Test
  void keepAlive_ledgerCannotBeWritten_renewsForWhatWasPromisedBefore() throws Exception {
    start(options -> options.keepAliveRate = 1);
    for (int i = 0; i < 5; i++) {
      leases.open("s" + i);
    }
    leases.disk.fill();
    assertThat(
            leases.sessions.keepAliveNow(
                new SessionId("s0"), Optional.empty(), Principal.ANONYMOUS))
        .isEmpty();
    assertThat(leases.renewed("s0").ttl()).isEqualTo(TTL);
  }

  @Test
  void sweep_afterAStallOfTheServer_endsNobodyWhoStillHadTime() throws Exception {
    start(unchanged -> {});
    for (int i = 0; i < 100; i++) {
      leases.open("s" + i);
      leases.granted(under("s" + i, "l" + i));
    }
    leases.pass(Duration.ofSeconds(5));
    leases.ticker.advance(Duration.ofHours(1));
    leases.room.sweep();
    assertThat(leases.sessions.live()).isEqualTo(100);
    assertThat(leases.renewed("s7").leases()).isEqualTo(1);
    leases.pass(Duration.ofSeconds(6));
    assertThat(leases.sessions.live()).isEqualTo(1);
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 1));
  }

  @Test
  void sessionOptions_outOfOrder_areRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                start(
                    options -> {
                      options.shortestTtl = Duration.ofSeconds(5);
                      options.longestTtl = Duration.ofSeconds(9);
                      options.defaultTtl = Duration.ofSeconds(1);
                    }));
    assertThatIllegalArgumentException().isThrownBy(() -> start(quotas(0, 1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> start(options -> options.keepAliveRate = 0));
  }

  private static Consumer<SessionOptions.Builder> quotas(long sessions, long leasesOfOne) {
    return options -> {
      options.maxSessions = sessions;
      options.maxLeases = leasesOfOne;
    };
  }

  private SessionOpened opened(String id, Duration ttl) {
    return (SessionOpened) leases.sessions.open(ask(id, Optional.of(ttl)));
  }

  private static SessionRequest ask(String id, Optional<Duration> ttl) {
    return new SessionRequest(Optional.of(new SessionId(id)), Holder.UNKNOWN, ttl, false);
  }
}
