package io.datastored.etcd.history;

import java.util.OptionalLong;

/**
 * Ranks are the numbers that keep sections in their order. Stateless.
 *
 * <p>Sections that stay in their order keep their ranks, so that a change puts only the keys that
 * it must: a new section comes between its neighbours, and the last one a step behind.
 */
final class Ranks {

  /** The distance between two sections that were never parted. */
  static final long STEP = 1L << 20;

  private static final long MOVED = -1;

  private Ranks() {}

  /**
   * Rising ranks, positive.
   *
   * @param present the rank of each section now, in the order that they are to have; empty for a
   *     new section
   */
  static long[] assign(OptionalLong[] present) {
    long[] ranks = new long[present.length];
    for (int i = 0; i < ranks.length; i++) {
      long rank = present[i].orElse(MOVED);
      ranks[i] = rank > 0 && rank < Long.MAX_VALUE / 2 ? rank : MOVED;
    }
    keepLongestRise(ranks);
    for (int i = 0; i < ranks.length; ) {
      i = ranks[i] == MOVED ? fill(ranks, i) : i + 1;
    }
    return ranks;
  }

  /**
   * Gives ranks to the sections from {@code start} on that have none.
   *
   * @return the first section behind them
   */
  private static int fill(long[] ranks, int start) {
    long low = start == 0 ? 0 : ranks[start - 1];
    int end = start;
    while (true) {
      while (end < ranks.length && ranks[end] == MOVED) {
        end++;
      }
      int many = end - start;
      // Where there is no room left, the next section moves, too.
      long step = end == ranks.length ? STEP : (ranks[end] - low) / (many + 1);
      if (step > 0) {
        for (int i = 0; i < many; i++) {
          ranks[start + i] = low + step * (i + 1);
        }
        return end;
      }
      ranks[end] = MOVED;
    }
  }

  /** Marks as moved what is not in the longest rising sequence. */
  private static void keepLongestRise(long[] ranks) {
    int[] lastOf = new int[ranks.length];
    int[] previous = new int[ranks.length];
    int length = 0;
    for (int i = 0; i < ranks.length; i++) {
      if (ranks[i] == MOVED) {
        continue;
      }
      int low = 0;
      int high = length;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (ranks[lastOf[middle]] < ranks[i]) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      previous[i] = low == 0 ? -1 : lastOf[low - 1];
      lastOf[low] = i;
      length = Math.max(length, low + 1);
    }
    boolean[] kept = new boolean[ranks.length];
    for (int i = length == 0 ? -1 : lastOf[length - 1]; i >= 0; i = previous[i]) {
      kept[i] = true;
    }
    for (int i = 0; i < ranks.length; i++) {
      ranks[i] = kept[i] ? ranks[i] : MOVED;
    }
  }
}
