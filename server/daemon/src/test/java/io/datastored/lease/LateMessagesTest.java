package io.datastored.lease;

import static io.datastored.lease.LeaseFixture.ALPHA;
import static io.datastored.lease.LeaseFixture.under;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.access.Principal;
import io.datastored.config.MaintenanceMode;
import io.datastored.lease.LeaseOutcome.LeaseRefused;
import io.datastored.lease.LeaseOutcome.Leased;
import io.datastored.lease.LeaseOutcome.Leased.How;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import io.datastored.promise.FencingToken;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages that are lost, repeated or late leave no count behind and take none away. */
final class LateMessagesTest {

  private static final OperationCounts NONE = new OperationCounts(0, 0);
  private static final OperationCounts ONE = new OperationCounts(0, 1);

  @TempDir Path directory;
  private LeaseFixture leases;

  @BeforeEach
  void open() throws Exception {
    leases = new LeaseFixture(directory, LeaseFixture.EXACT);
    leases.open("s");
  }

  @AfterEach
  void countersAreZero() {
    leases.close("s");
    leases.pass(Duration.ofSeconds(21));
    assertThat(leases.counts(ALPHA)).isEqualTo(NONE);
    assertThat(leases.counted.live()).isZero();
    assertThat(leases.counted.forced(ALPHA)).isZero();
    assertThat(leases.room.remembered()).isZero();
    assertThat(leases.room.filed()).isZero();
  }

  @Test
  void lookup_repeatedWithItsIdAfterALostAnswer_countsOnce() {
    FencingToken token = leases.granted(under("s", "a")).lease().token();
    Leased again = leases.granted(under("s", "a"));
    assertThat(again.how()).isEqualTo(How.RENEWED);
    assertThat(again.lease().token()).isEqualTo(token);
    assertThat(leases.counts(ALPHA)).isEqualTo(ONE);
    assertThat(leases.renewed("s").leases()).isEqualTo(1);
  }

  @Test
  void lookup_delayedUntilAfterItsRelease_isFoundByKeepAliveAndReleased() {
    assertThat(leases.release("a")).as("before the Lookup arrives").isFalse();
    leases.granted(under("s", "a"));
    assertThat(leases.renewed("s").leases()).as("the client knows of none").isEqualTo(1);
    leases.pass(Duration.ofSeconds(3));
    assertThat(leases.renewed("s").leases()).isEqualTo(1);
    Optional<SessionId> session = Optional.of(new SessionId("s"));
    for (HeldLease held :
        leases.counted.list(any -> true, Optional.empty(), session, Optional.empty(), 9)) {
      assertThat(leases.table.release(held.lease().id(), Principal.ANONYMOUS)).isTrue();
    }
    assertThat(leases.renewed("s").leases()).isZero();
    assertThat(leases.counts(ALPHA)).isEqualTo(NONE);
  }

  @Test
  void release_doubled_isHarmless() {
    leases.granted(under("s", "a"));
    leases.granted(under("s", "b"));
    assertThat(leases.release("a")).isTrue();
    assertThat(leases.release("a")).isFalse();
    assertThat(leases.counts(ALPHA)).isEqualTo(ONE);
    assertThat(leases.renewed("s").leases()).isEqualTo(1);
    leases.granted(under("s", "a"));
    assertThat(leases.counts(ALPHA)).as("its id is free").isEqualTo(new OperationCounts(0, 2));
  }

  @Test
  void renewal_underAConflictingMode_succeedsAndTellsTheMode() {
    FencingToken token = leases.granted(under("s", "a")).lease().token();
    leases.setMode(ALPHA, MaintenanceMode.OFFLINE);
    LeaseRequest held = under("s", "a", ALPHA, Operation.WRITE, Optional.of(token));
    Leased renewed = leases.granted(held);
    assertThat(renewed.how()).isEqualTo(How.RENEWED);
    assertThat(renewed.datastore().maintenance().mode()).isEqualTo(MaintenanceMode.OFFLINE);
    assertThat(leases.granted(under("s", "a")).how()).isEqualTo(How.RENEWED);
    assertThat(leases.refused(under("s", "b")).reason())
        .isEqualTo(LeaseRefused.Reason.NOT_PERMITTED);
    assertThat(leases.counts(ALPHA)).isEqualTo(ONE);
  }

  @Test
  void lookup_repeatedUnderAnotherSession_isReused() {
    leases.granted(under("s", "a"));
    leases.open("t");
    assertThat(leases.refused(under("t", "a")).reason())
        .isEqualTo(LeaseRefused.Reason.LEASE_ID_REUSED);
    leases.close("t");
    assertThat(leases.counts(ALPHA)).isEqualTo(ONE);
  }

  @Test
  void undo_cancelledLookup_isCountedOutUnlessItWasRepeated() {
    Leased cancelled = leases.granted(under("s", "a"));
    leases.table.undo(cancelled);
    assertThat(leases.counts(ALPHA)).isEqualTo(NONE);
    Leased second = leases.granted(under("s", "a"));
    leases.granted(under("s", "a"));
    leases.table.undo(second);
    assertThat(leases.counts(ALPHA)).isEqualTo(ONE);
  }

  @Test
  void close_withForcedLeases_countsThemOut() {
    leases.granted(under("s", "a"));
    leases.granted(under("s", "b"));
    assertThat(leases.forceEnd(ALPHA, MaintenanceMode.READ_ONLY)).isEqualTo(2);
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 2));
    assertThat(leases.close("s")).isTrue();
    assertThat(leases.counts(ALPHA)).isEqualTo(NONE);
  }
}
