package io.datastored.lease;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.datastored.engine.EngineFixture;
import io.datastored.engine.Handle;
import io.datastored.operation.Operation;
import io.datastored.promise.FencingToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ExpiryWheelTest {

  private static final Duration TICK = Duration.ofNanos(10);

  private final Handle handle =
      EngineFixture.with(LeaseFixture.CONFIG)
          .engine()
          .lookup(LeaseFixture.ALPHA, Operation.READ)
          .handle();
  private final List<Lease> due = new ArrayList<>();

  @Test
  void turn_handsOutWhatIsDue_notEarlier() {
    ExpiryWheel<Lease> wheel = new ExpiryWheel<>(TICK);
    Lease early = lease(1, 25);
    Lease late = lease(2, 41);
    wheel.file(early);
    wheel.file(late);
    wheel.turn(29, due::add);
    assertThat(due).isEmpty();
    wheel.turn(30, due::add);
    assertThat(due).containsExactly(early);
    wheel.turn(1_000, due::add);
    assertThat(due).containsExactly(early, late);
    assertThat(wheel.size()).isZero();
  }

  @Test
  void file_overdue_isHandedOutByTheNextTurn() {
    ExpiryWheel<Lease> wheel = new ExpiryWheel<>(TICK);
    wheel.turn(1_000, due::add);
    Lease overdue = lease(1, 25);
    wheel.file(overdue);
    wheel.turn(1_010, due::add);
    assertThat(due).containsExactly(overdue);
  }

  @Test
  void withdraw_filed_isNeverHandedOut() {
    ExpiryWheel<Lease> wheel = new ExpiryWheel<>(TICK);
    Lease lease = lease(1, 25);
    wheel.file(lease);
    wheel.withdraw(lease);
    assertThat(wheel.size()).isZero();
    wheel.turn(1_000, due::add);
    assertThat(due).isEmpty();
  }

  @Test
  void file_renewedSince_isFiledUnderItsNewDeadlineByTheTurn() {
    ExpiryWheel<Lease> wheel = new ExpiryWheel<>(TICK);
    Lease lease = lease(1, 25);
    wheel.file(lease);
    lease.renew(20, 100);
    wheel.turn(30, wheel::file);
    assertThat(wheel.size()).isEqualTo(1);
    wheel.turn(129, due::add);
    assertThat(due).isEmpty();
    wheel.turn(130, due::add);
    assertThat(due).containsExactly(lease);
  }

  @Test
  void file_whileTheWheelTurns_losesNone() throws Exception {
    ExpiryWheel<Lease> wheel = new ExpiryWheel<>(Duration.ofNanos(1));
    Set<Lease> handedOut = ConcurrentHashMap.newKeySet();
    AtomicBoolean filing = new AtomicBoolean(true);
    AtomicLong now = new AtomicLong();
    Thread turner =
        new Thread(
            () -> {
              while (filing.get()) {
                wheel.turn(now.incrementAndGet(), handedOut::add);
              }
            });
    turner.start();
    int leases = 100_000;
    try {
      for (int i = 1; i <= leases; i++) {
        wheel.file(lease(i, 2));
      }
    } finally {
      filing.set(false);
      turner.join();
    }
    wheel.turn(now.addAndGet(1_000), handedOut::add);
    assertThat(handedOut).hasSize(leases);
    assertThat(wheel.size()).isZero();
  }

  private Lease lease(long token, long deadline) {
    return Lease.alone(
        new Lease.Named(new LeaseId("l" + token), new FencingToken(token), ""),
        LeaseFixture.ask("l" + token),
        ImmutableList.of(handle),
        1,
        deadline - 1);
  }
}
