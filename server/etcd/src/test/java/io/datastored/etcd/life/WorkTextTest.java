package io.datastored.etcd.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import io.datastored.history.Generation;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import io.datastored.promise.Work;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class WorkTextTest {

  private static final Work.Item LEASE =
      new Work.Item(
          Work.Item.Kind.LEASE,
          "id 1\n",
          "cn=a b%ü",
          "",
          Optional.of(Operation.WRITE),
          Duration.ofMillis(1_234),
          Duration.ofSeconds(9));
  private static final Work.Item SESSION =
      new Work.Item(
          Work.Item.Kind.SESSION,
          "s",
          "p",
          "backup",
          Optional.empty(),
          Duration.ZERO,
          Duration.ofSeconds(30));

  @Test
  void read_whatWasWritten_isTheSame() {
    Work work =
        new Work(
            new Generation(7), new OperationCounts(1, 2), 4, 3, ImmutableList.of(LEASE, SESSION));
    assertThat(WorkText.read(WorkText.write(work))).isEqualTo(work);
    assertThat(WorkText.isSince(WorkText.write(work), new Generation(7))).isTrue();
    assertThat(WorkText.isSince(WorkText.write(work), new Generation(70))).isFalse();
  }

  @Test
  void read_linesOfALaterVersion_areLeftOut() {
    assertThat(WorkText.read("since 7\nmoons 3\nwrite 1\n").counts())
        .isEqualTo(new OperationCounts(0, 1));
  }

  @Test
  void read_damaged_isRefused() {
    assertThatThrownBy(() -> WorkText.read("write many\n"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> WorkText.read("oldest LEASE a\n"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void write_moreThanAValueShouldHave_leavesTheLastOut() {
    Work work =
        new Work(
            new Generation(7),
            new OperationCounts(0, 2_000),
            0,
            0,
            ImmutableList.copyOf(Collections.nCopies(2_000, LEASE)));
    String text = WorkText.write(work);
    assertThat(text.length()).isBetween(30_000, 32 << 10);
    assertThat(WorkText.read(text).oldest()).hasSizeBetween(500, 1_999);
  }
}
