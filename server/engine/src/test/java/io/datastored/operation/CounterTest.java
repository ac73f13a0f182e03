package io.datastored.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class CounterTest {

  private static final int ROUNDS = 5_000;

  private final Counter counter = LoneCounter.claim();

  /** Where this thread counts. */
  private Stripe own() {
    return counter.stripe((int) Thread.currentThread().getId());
  }

  @Test
  void claim_isClosedAndEmpty() {
    assertThat(counter.closed()).isTrue();
    assertThat(counter.counts()).isEqualTo(OperationCounts.NONE);
  }

  @Test
  void enter_closed_isRefusedAndLeavesNothing() {
    assertThat(counter.enter(Operation.READ)).isNull();
    assertThat(counter.enter(Operation.WRITE)).isNull();
    counter.open();
    assertThat(counter.counts()).isEqualTo(OperationCounts.NONE);
  }

  @Test
  void enter_open_countsEachKind() {
    counter.open();
    assertThat(counter.enter(Operation.READ)).isNotNull();
    assertThat(counter.enter(Operation.READ)).isNotNull();
    assertThat(counter.enter(Operation.WRITE)).isNotNull();
    assertThat(counter.counts()).isEqualTo(new OperationCounts(2, 1));
  }

  @Test
  void exit_last_saysSo() {
    counter.open();
    assertThat(counter.enter(Operation.READ)).isNotNull();
    assertThat(counter.enter(Operation.WRITE)).isNotNull();
    assertThat(own().exit(Operation.READ)).isFalse();
    assertThat(own().exit(Operation.WRITE)).isTrue();
  }

  @Test
  void exit_nothingCounted_isReportedAndNeverNegative() {
    counter.open();
    assertThatIllegalStateException().isThrownBy(() -> own().exit(Operation.READ));
    assertThatIllegalStateException().isThrownBy(() -> own().exit(Operation.WRITE));
    assertThat(counter.counts()).isEqualTo(OperationCounts.NONE);
  }

  @Test
  void exit_otherKindOnly_isReportedAndLeavesTheOther() {
    counter.open();
    assertThat(counter.enter(Operation.WRITE)).isNotNull();
    assertThatIllegalStateException().isThrownBy(() -> own().exit(Operation.READ));
    assertThat(counter.counts()).isEqualTo(new OperationCounts(0, 1));
  }

  @Test
  void closeIfIdle_inProgress_staysOpen() {
    counter.open();
    assertThat(counter.enter(Operation.READ)).isNotNull();
    assertThat(counter.closeIfIdle()).isFalse();
    assertThat(own().exit(Operation.READ)).isTrue();
    assertThat(counter.closeIfIdle()).isTrue();
    assertThat(counter.closeIfIdle()).isFalse();
  }

  @Test
  void enter_ofManyThreads_usesAllStripes() throws Exception {
    counter.open();
    Set<Stripe> used = ConcurrentHashMap.newKeySet();
    for (int i = 0; i < 20; i++) {
      Thread thread = new Thread(() -> used.add(counter.enter(Operation.READ)));
      thread.start();
      thread.join();
    }
    assertThat(used).containsExactlyInAnyOrder(counter.stripe(0), counter.stripe(1));
    assertThat(counter.counts()).isEqualTo(new OperationCounts(20, 0));
  }

  @Test
  void closeIfIdle_inProgressOnTheLastStripe_leavesAllOpen() {
    counter.open();
    assertThat(counter.stripe(1).enter(Operation.WRITE)).isTrue();
    assertThat(counter.closeIfIdle()).isFalse();
    assertThat(counter.closed()).isFalse();
    assertThat(counter.stripe(0).closed()).isFalse();
    assertThat(counter.stripe(1).exit(Operation.WRITE)).isTrue();
    assertThat(counter.closeIfIdle()).isTrue();
    assertThat(counter.stripe(0).closed()).isTrue();
  }

  @Test
  void lastOnTwoStripes_thatMeet_closeTheCounter() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    CyclicBarrier together = new CyclicBarrier(2);
    try {
      List<Future<Integer>> workers =
          List.of(
              threads.submit(() -> releaseLast(0, together)),
              threads.submit(() -> releaseLast(1, together)));
      for (Future<Integer> worker : workers) {
        assertThat(worker.get()).as("idle and open for ever").isZero();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** One of two; how often the counter was open after both. */
  private int releaseLast(int own, CyclicBarrier together) throws Exception {
    int open = 0;
    for (int round = 0; round < ROUNDS; round++) {
      if (own == 0) {
        counter.open();
      }
      int unused = together.await(60, TimeUnit.SECONDS);
      assertThat(counter.stripe(own).enter(Operation.READ)).isTrue();
      unused = together.await(60, TimeUnit.SECONDS);
      for (int i = 0; i < round % 64; i++) {
        Thread.onSpinWait();
      }
      if (counter.stripe(own).exit(Operation.READ)) {
        boolean closed = counter.closeIfIdle();
      }
      unused = together.await(60, TimeUnit.SECONDS);
      if (!counter.closed()) {
        open++;
        if (own == 0) {
          assertThat(counter.closeIfIdle()).isTrue();
        }
      }
      unused = together.await(60, TimeUnit.SECONDS);
    }
    return open;
  }

  @Test
  void stripes_areAPowerOfTwo() {
    Stripe stripe = counter.stripe(0);
    assertThatIllegalArgumentException().isThrownBy(() -> new Counter(stripe, stripe, stripe));
    assertThatIllegalArgumentException().isThrownBy(Counter::new);
  }

  @Test
  void open_open_isAnError() {
    counter.open();
    assertThatIllegalStateException().isThrownBy(counter::open);
    assertThat(counter.closed()).isFalse();
  }

  @Test
  void claim_many_areIndependent() {
    LocalCounters counters = new LocalCounters("test");
    Counter before = counters.unlabelled();
    before.open();
    assertThat(before.enter(Operation.WRITE)).isNotNull();
    for (int i = 0; i < 2000; i++) {
      assertThat(counters.unlabelled().closed()).isTrue();
    }
    assertThat(before.counts()).isEqualTo(new OperationCounts(0, 1));
  }
}
