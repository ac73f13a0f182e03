package io.datastored.etcd.history;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.primitives.Longs;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.IntUnaryOperator;
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
    assertThat(assign(0, STEP)).as("always room").containsExactly(0, STEP);
  }

  @Test
  void assign_oneMoved_keepsTheOthers() {
    assertThat(assign(9 * STEP, STEP, 2 * STEP, 3 * STEP))
        .containsExactly(0, STEP, 2 * STEP, 3 * STEP);
  }

  @Test
  void assign_noRoom_movesAsFewAsItMust() {
    assertThat(assign(1, 0, 2, 100)).endsWith(100).isSorted().doesNotHaveDuplicates();
    assertThat(assign(7, 7, 7)).isSorted().doesNotHaveDuplicates();
  }

  /** Where new sections come, after the number of those that came before. */
  private static int mostMoved(int inserts, IntUnaryOperator place) {
    long[] ranks = assign(new long[100]);
    int most = 0;
    for (int i = 0; i < inserts; i++) {
      int at = place.applyAsInt(i);
      List<Long> next = new ArrayList<>(Longs.asList(ranks));
      next.add(at, 0L);
      long[] before = Longs.toArray(next);
      ranks = assign(before);
      int moved = 0;
      for (int section = 0; section < ranks.length; section++) {
        moved += ranks[section] == before[section] ? 0 : 1;
      }
      most = Math.max(most, moved);
    }
    return most;
  }

  @Test
  void assign_manyAtOnePlace_moveOnlyAFewOthers() {
    int most = EditPart.MOST;
    assertThat(mostMoved(2_000, i -> 50)).as("behind one section").isLessThan(most);
    assertThat(mostMoved(2_000, i -> 50 + i)).as("before one section").isLessThan(most);
    assertThat(mostMoved(2_000, i -> 0)).as("at the beginning").isEqualTo(1);
    assertThat(mostMoved(2_000, i -> 100 + i)).as("at the end").isEqualTo(1);
    assertThat(mostMoved(300, i -> 50 + i / 2)).as("inwards").isLessThan(2 * most);
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
        if (place > 0) {
          assertThat(next[place]).isGreaterThan(next[place - 1]);
        }
        ranks.set(place, next[place]);
      }
    }
  }
}
