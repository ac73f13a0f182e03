package io.datastored.etcd.history;

import java.util.OptionalLong;

/**
 * Ranks are the numbers that keep sections in their order. Stateless.
 *
 * <p>Sections that stay in their order keep their ranks, so that a change puts only the keys that
 * it must: a new section comes between its neighbours, and the first and the last one a step away.
 */
final class Ranks {

  /** The distance between two sections that were never parted. */
  static final long STEP = 1L << 32;

  private static final long MOST = Long.MAX_VALUE / 2;

  /** The rank of a section that needs a new one. */
  static final long MOVED = Long.MIN_VALUE;

  /** How many sections on each side are moved at most to make room, if that makes any. */
  private static final int NEIGHBOURS = 32;

  private Ranks() {}

  /**
   * Rising ranks.
   *
   * @param present the rank of each section now, in the order that they are to have; empty for a
   *     new section
   */
  static long[] assign(OptionalLong[] present) {
    long[] ranks = new long[present.length];
    for (int i = 0; i < ranks.length; i++) {
      long rank = present[i].orElse(MOVED);
      ranks[i] = -MOST < rank && rank < MOST ? rank : MOVED;
    }
    keepLongestRise(ranks);
    for (int i = 0; i < ranks.length; ) {
      i = ranks[i] == MOVED ? fill(ranks, i) : i + 1;
    }
    return ranks;
  }

  /** Sections that get new ranks: from {@code start} to before {@code end}, evenly. */
  private record Window(int start, int end, long low, long step) {

    /** The window around one, with so many more sections on each side. */
    static Window around(long[] ranks, int first, int last, int more) {
      int start = Math.max(0, first - more);
      int end = Math.min(ranks.length, last + more);
      while (end < ranks.length && ranks[end] == MOVED) {
        end++;
      }
      int many = end - start;
      if (end == ranks.length) {
        return new Window(start, end, start == 0 ? 0 : ranks[start - 1], STEP);
      }
      if (start == 0) {
        return new Window(start, end, ranks[end] - STEP * (many + 1), STEP);
      }
      long low = ranks[start - 1];
      return new Window(start, end, low, (ranks[end] - low) / (many + 1));
    }

    void assign(long[] ranks) {
      for (int i = start; i < end; i++) {
        ranks[i] = low + step * (i - start + 1);
      }
    }
  }

  /**
   * Gives ranks to the sections from {@code start} on that have none.
   *
   * @return the first section behind them
   */
  private static int fill(long[] ranks, int start) {
    Window best = Window.around(ranks, start, start, 0);
    int end = best.end();
    // Where there is no room left, neighbours move too. The more of them move, the more room there
    // must be, so that the next new section at the same place does not move as many again.
    for (int more = 1; best.step() == 0 || more <= NEIGHBOURS; more *= 2) {
      if (best.step() >= more / 2 && best.step() > 0) {
        break;
      }
      Window next = Window.around(ranks, start, end, more);
      best = next.step() > best.step() ? next : best;
    }
    best.assign(ranks);
    return best.end();
  }

  /** Marks as moved what is not in the longest rising sequence. */
  static void keepLongestRise(long[] ranks) {
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
