package io.datastored.lease;

import static io.datastored.lease.LeaseFixture.ALPHA;
import static io.datastored.lease.LeaseFixture.ask;
import static io.datastored.lease.LeaseFixture.under;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.datastored.access.Principal;
import io.datastored.config.MaintenanceMode;
import io.datastored.file.BreakableDisk.Step;
import io.datastored.lease.LeaseOutcome.Leased;
import io.datastored.lease.LeaseOutcome.Leased.How;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** While the ledger waits for its disk, nothing that is answered on a transport thread does. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SlowLedgerTest {

  @TempDir Path directory;
  private final CountDownLatch synced = new CountDownLatch(1);
  private final AtomicBoolean syncing = new AtomicBoolean();
  private LeaseFixture leases;
  private CompletableFuture<Void> drain;

  @BeforeEach
  void hang() throws Exception {
    leases = new LeaseFixture(directory, LeaseFixture.EXACT);
    leases.open("s");
    leases.granted(ask("own-ttl"));
    leases.granted(under("s", "of-s"));
    leases.disk.before(
        Step.SYNC,
        () -> {
          syncing.set(true);
          awaitSync();
        });
    drain =
        CompletableFuture.runAsync(
            () -> {
              try {
                leases.raiseFloor(LeaseFixture.CLOSED, MaintenanceMode.OFFLINE);
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });
    await().untilTrue(syncing);
  }

  @AfterEach
  void goOn() throws Exception {
    assertThat(drain).as("the disk still hangs").isNotDone();
    synced.countDown();
    drain.get(10, TimeUnit.SECONDS);
  }

  private void awaitSync() {
    try {
      synced.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void lookup_renewalOfALeaseWithItsOwnTtl() {
    assertThat(now(ask("own-ttl")).how()).isEqualTo(How.RENEWED);
  }

  @Test
  void lookup_renewalUnderASession() {
    assertThat(now(under("s", "of-s")).how()).isEqualTo(How.RENEWED);
  }

  @Test
  void lookup_grant() {
    assertThat(now(ask("new")).how()).isEqualTo(How.GRANTED);
    assertThat(now(under("s", "new-of-s")).how()).isEqualTo(How.GRANTED);
  }

  @Test
  void release() {
    assertThat(leases.release("own-ttl")).isTrue();
    assertThat(leases.release("of-s")).isTrue();
    assertThat(leases.release("never")).isFalse();
  }

  @Test
  void keepAliveOpenAndClose() {
    var id = new SessionId("s");
    assertThat(leases.sessions.keepAliveNow(id, Optional.empty(), Principal.ANONYMOUS)).isPresent();
    assertThat(
            leases.sessions.openNow(
                new SessionRequest(Optional.empty(), Holder.UNKNOWN, Optional.empty(), true)))
        .isPresent();
    assertThat(leases.close("s")).isTrue();
  }

  @Test
  void sweepAndWhatStatusAsks() {
    leases.pass(Duration.ofSeconds(1));
    assertThat(leases.room.recovery().left()).isEmpty();
    assertThat(leases.counted.live(ALPHA)).isEqualTo(2);
    assertThat(leases.counted.on(ALPHA)).hasSize(2);
    assertThat(leases.sessions.live()).isEqualTo(1);
  }

  private Leased now(LeaseRequest ask) {
    return (Leased) leases.table.askNow(ask).orElseThrow();
  }
}
