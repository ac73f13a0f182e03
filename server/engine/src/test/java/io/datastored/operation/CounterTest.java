package io.datastored.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

final class CounterTest {

  private final Counter counter = LoneCounter.claim();

  @Test
  void claim_isClosedAndEmpty() {
    assertThat(counter.closed()).isTrue();
    assertThat(counter.counts()).isEqualTo(OperationCounts.NONE);
  }

  @Test
  void enter_closed_isRefusedAndLeavesNothing() {
    assertThat(counter.enter(Operation.READ)).isFalse();
    assertThat(counter.enter(Operation.WRITE)).isFalse();
    counter.open();
    assertThat(counter.counts()).isEqualTo(OperationCounts.NONE);
  }

  @Test
  void enter_open_countsEachKind() {
    counter.open();
    assertThat(counter.enter(Operation.READ)).isTrue();
    assertThat(counter.enter(Operation.READ)).isTrue();
    assertThat(counter.enter(Operation.WRITE)).isTrue();
    assertThat(counter.counts()).isEqualTo(new OperationCounts(2, 1));
  }

  @Test
  void exit_last_saysSo() {
    counter.open();
    assertThat(counter.enter(Operation.READ)).isTrue();
    assertThat(counter.enter(Operation.WRITE)).isTrue();
    assertThat(counter.exit(Operation.READ)).isFalse();
    assertThat(counter.exit(Operation.WRITE)).isTrue();
  }

  @Test
  void exit_nothingCounted_isReportedAndNeverNegative() {
    counter.open();
    assertThatIllegalStateException().isThrownBy(() -> counter.exit(Operation.READ));
    assertThatIllegalStateException().isThrownBy(() -> counter.exit(Operation.WRITE));
    assertThat(counter.counts()).isEqualTo(OperationCounts.NONE);
  }

  @Test
  void exit_otherKindOnly_isReportedAndLeavesTheOther() {
    counter.open();
    assertThat(counter.enter(Operation.WRITE)).isTrue();
    assertThatIllegalStateException().isThrownBy(() -> counter.exit(Operation.READ));
    assertThat(counter.counts()).isEqualTo(new OperationCounts(0, 1));
  }

  @Test
  void closeIfIdle_inProgress_staysOpen() {
    counter.open();
    assertThat(counter.enter(Operation.READ)).isTrue();
    assertThat(counter.closeIfIdle()).isFalse();
    assertThat(counter.exit(Operation.READ)).isTrue();
    assertThat(counter.closeIfIdle()).isTrue();
    assertThat(counter.closeIfIdle()).isFalse();
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
    assertThat(before.enter(Operation.WRITE)).isTrue();
    for (int i = 0; i < 2000; i++) {
      assertThat(counters.unlabelled().closed()).isTrue();
    }
    assertThat(before.counts()).isEqualTo(new OperationCounts(0, 1));
  }
}
