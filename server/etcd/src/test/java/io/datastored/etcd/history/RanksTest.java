package io.datastored.etcd.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class RanksTest {

  private static final long STEP = Ranks.STEP;

  /** 0 stands for a new section. */
  private static long[] assign(long... present) {
    return Ranks.assign(
        LongStream.of(present)
            .mapToObj(rank -> rank == 0 ? OptionalLong.empty() : OptionalLong.of(rank))
            .toArray(OptionalLong[]::new));
  }

  @Test
  void assign_new_areAStepApart() {
    assertThat(assign(0, 0, 0)).containsExactly(STEP, 2 * STEP, 3 * STEP);
    assertThat(assign(5, 0)).containsExactly(5, 5 + STEP);
  }

  @Test
  void assign_between_keepsTheNeighbours() {
    assertThat(assign(STEP, 0, 2 * STEP)).containsExactly(STEP, STEP + STEP / 2, 2 * STEP);
    assertThat(assign(0, STEP)).containsExactly(STEP / 2, STEP);
  }

  @Test
  void assign_oneMoved_keepsTheOthers() {
    assertThat(assign(9 * STEP, STEP, 2 * STEP, 3 * STEP))
        .containsExactly(STEP / 2, STEP, 2 * STEP, 3 * STEP);
  }

  @Test
  void assign_noRoom_movesAsFewAsItMust() {
    assertThat(assign(1, 0, 2, 100)).startsWith(1).endsWith(100).isSorted();
    assertThat(assign(7, 7, 7)).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void assign_any_rise() {
    Random random = new Random(3);
    List<Long> ranks = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      // Always at nearly the same place, so that there is no room left soon.
      ranks.add(Math.min(ranks.size(), 3 + random.nextInt(2)), 0L);
      if (random.nextInt(5) == 0) {
        ranks.remove(random.nextInt(ranks.size()));
      }
      if (random.nextInt(50) == 0) {
        Collections.shuffle(ranks, random);
      }
      long[] next = assign(ranks.stream().mapToLong(Long::longValue).toArray());
      for (int place = 0; place < next.length; place++) {
        assertThat(next[place]).isGreaterThan(place == 0 ? 0 : next[place - 1]);
        ranks.set(place, next[place]);
      }
    }
  }
}
