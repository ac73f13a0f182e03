package io.datastored.lease;

import static io.datastored.lease.LeaseFixture.ALPHA;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.access.Principal;
import io.datastored.history.Revision;
import io.datastored.lease.KeepAliveOutcome.SessionRenewed;
import io.datastored.lease.KeepAliveOutcome.SessionUnknown;
import io.datastored.lease.LeaseOutcome.LeaseRefused;
import io.datastored.lease.LeaseOutcome.LeaseRefused.Reason;
import io.datastored.lease.LeaseOutcome.Leased;
import io.datastored.lease.LeaseOutcome.Leased.How;
import io.datastored.lease.SessionOutcome.SessionOpened;
import io.datastored.lease.SessionOutcome.SessionRefused;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import io.datastored.promise.FencingToken;
import io.datastored.testkit.LoggedLines;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was given to one principal is not for another to use. */
final class OwnershipTest {

  private static final Principal ALICE = Principal.named("cn:", "alice");
  private static final Principal BOB = Principal.named("cn:", "bob");

  @TempDir Path directory;
  private LeaseFixture leases;

  @BeforeEach
  void open() throws Exception {
    leases = new LeaseFixture(directory, LeaseFixture.EXACT);
  }

  @Test
  void release_bySomebodyElse_isAsIfItWereNotThereAndIsLogged() throws Exception {
    leases.granted(ask("a", ALICE));
    try (LoggedLines log = LoggedLines.of(Ownership.class)) {
      assertThat(release("a", BOB)).isFalse();
      assertThat(release("a", Principal.ANONYMOUS)).isFalse();
      assertThat(log.lines())
          .hasSize(2)
          .first()
          .asString()
          .contains("who=cn:bob owner=cn:alice attempt=to release it");
    }
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 1));
    assertThat(release("a", Principal.named("cn:", "alice"))).isTrue();
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 0));
  }

  @Test
  void release_ofARememberedIdBySomebodyElse_leavesItRemembered() {
    leases.granted(ask("a", ALICE));
    leases.pass(Duration.ofSeconds(61));
    assertThat(release("a", BOB)).isFalse();
    assertThat(leases.refused(ask("a", ALICE)).reason()).isEqualTo(Reason.LEASE_ENDED);
  }

  @Test
  void ask_withTheIdOfSomebodyElse_isRefusedAndRenewsNothing() {
    Leased granted = leases.granted(ask("a", ALICE));
    leases.pass(Duration.ofSeconds(59));
    assertThat(leases.refused(ask("a", BOB)).reason()).isEqualTo(Reason.LEASE_ID_REUSED);
    LeaseRefused held = leases.refused(held("a", granted.lease().token(), BOB));
    assertThat(held.reason()).isEqualTo(Reason.LEASE_ENDED);
    assertThat(held.cause()).contains(EndCause.NOT_KNOWN);
    assertThat(leases.table.refusal(ask("a", BOB))).isPresent();
    leases.pass(Duration.ofSeconds(2));
    assertThat(leases.counted.live()).as("renewed by nobody").isZero();
  }

  @Test
  void ask_underTheSessionOfSomebodyElse_isNotFound() {
    open("s", ALICE);
    assertThat(leases.refused(under("s", "b", BOB)).reason()).isEqualTo(Reason.SESSION_NOT_FOUND);
    assertThat(leases.table.refusal(under("s", "b", BOB))).isPresent();
    assertThat(leases.granted(under("s", "a", ALICE)).lease().holder().principal())
        .isEqualTo(ALICE);
  }

  @Test
  void session_ofSomebodyElse_isNotKeptAliveAcknowledgedClosedWatchedOrOpened() {
    open("s", ALICE);
    Revision served = leases.engine.snapshot().revision();
    var id = new SessionId("s");
    assertThat(leases.sessions.keepAlive(id, Optional.of(served), BOB))
        .isEqualTo(new SessionUnknown(false));
    assertThat(leases.sessions.keepAliveNow(id, Optional.of(served), Principal.ANONYMOUS))
        .contains(new SessionUnknown(false));
    assertThat(leases.sessions.find(id).orElseThrow().applied()).isEmpty();
    assertThat(leases.sessions.close(id, BOB)).isFalse();
    assertThat(leases.sessions.isLiveFor(id, BOB)).isFalse();
    assertThat(leases.sessions.isLiveFor(id, ALICE)).isTrue();
    assertThat(leases.sessions.open(session("s", BOB)))
        .isInstanceOfSatisfying(
            SessionRefused.class,
            refused -> assertThat(refused.reason()).isEqualTo(SessionRefused.Reason.ID_TAKEN));
    leases.pass(Duration.ofSeconds(11));
    assertThat(leases.sessions.live()).as("renewed by nobody").isZero();
  }

  @Test
  void session_ofItsOwner_isItsOwn() {
    open("s", ALICE);
    var id = new SessionId("s");
    assertThat(leases.sessions.keepAlive(id, Optional.empty(), ALICE))
        .isInstanceOf(SessionRenewed.class);
    assertThat(leases.sessions.open(session("s", ALICE))).isInstanceOf(SessionOpened.class);
    assertThat(leases.sessions.close(id, ALICE)).isTrue();
  }

  @Test
  void whatIsNobodys_isForAll() {
    leases.granted(ask("a", Principal.ANONYMOUS));
    assertThat(leases.granted(ask("a", BOB)).how()).isEqualTo(How.RENEWED);
    assertThat(release("a", ALICE)).isTrue();
  }

  @Test
  void reclaim_bindsToWhoContinues_andAStrangersReleaseDoesNotPreventIt() throws Exception {
    FencingToken token = leases.granted(ask("a", ALICE)).lease().token();
    leases = new LeaseFixture(directory, LeaseFixture.EXACT);
    leases.room.recovery().begin();
    assertThat(release("a", BOB)).isFalse();
    assertThat(release("a", Principal.ANONYMOUS)).isFalse();
    assertThat(leases.granted(held("a", token, ALICE)).how()).isEqualTo(How.RECLAIMED);
    assertThat(leases.refused(held("a", token, BOB)).reason()).isEqualTo(Reason.LEASE_ENDED);
    assertThat(release("a", BOB)).isFalse();
    assertThat(release("a", ALICE)).isTrue();
    assertThat(leases.refused(held("a", token, ALICE)).cause()).contains(EndCause.NOT_KNOWN);
  }

  @Test
  void log_ofManyAttempts_isAFewLinesAMinute() {
    leases.granted(ask("a", ALICE));
    try (LoggedLines log = LoggedLines.of(Ownership.class)) {
      for (int attempt = 0; attempt < 1_000; attempt++) {
        assertThat(release("a", BOB)).isFalse();
      }
      assertThat(log.lines()).hasSize(10);
      leases.granted(ask("a", ALICE));
      leases.pass(Duration.ofSeconds(40));
      leases.granted(ask("a", ALICE));
      leases.pass(Duration.ofSeconds(40));
      assertThat(release("a", BOB)).isFalse();
      assertThat(log.lines()).hasSize(11).last().asString().contains("not_logged_before=990");
    }
  }

  private boolean release(String id, Principal by) {
    return leases.table.release(new LeaseId(id), by);
  }

  private void open(String id, Principal by) {
    assertThat(leases.sessions.open(session(id, by))).isInstanceOf(SessionOpened.class);
  }

  private static SessionRequest session(String id, Principal by) {
    return new SessionRequest(
        Optional.of(new SessionId(id)), Holder.at(by, Optional.empty()), Optional.empty(), true);
  }

  private static LeaseRequest ask(String id, Principal by) {
    return ask(Optional.empty(), id, Optional.empty(), by);
  }

  private static LeaseRequest held(String id, FencingToken token, Principal by) {
    return ask(Optional.empty(), id, Optional.of(token), by);
  }

  private static LeaseRequest under(String session, String id, Principal by) {
    return ask(Optional.of(new SessionId(session)), id, Optional.empty(), by);
  }

  private static LeaseRequest ask(
      Optional<SessionId> session, String id, Optional<FencingToken> held, Principal by) {
    return new LeaseRequest(
        ALPHA,
        Operation.WRITE,
        session,
        Optional.empty(),
        Optional.of(new LeaseId(id)),
        held,
        "",
        Duration.ZERO,
        Holder.at(by, Optional.empty()),
        "");
  }
}
