package io.datastored.access;

import com.google.common.collect.ImmutableList;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * Shares are the places of one limit: how many are taken, and by which principal. Thread-safe: the
 * limit and the shares are never passed by taking. It knows only principals that have a place.
 *
 * <p>One principal cannot take all places, so others are never locked out by it. If several
 * principals have taken all places, operators still get some of a reserve that is beyond the limit:
 * a mode can be set, and the server looked into, whatever others do.
 */
public final class Shares {

  /** One principal may take all places. */
  public static final int WHOLE = 100;

  /** Percent that one principal may take unless the operator says otherwise. */
  public static final int DEFAULT = 80;

  /** The reserve is this part of the limit, and at least one place. */
  private static final int RESERVED_PART = 10;

  /**
   * A taker is a principal and what it has taken. Immutable.
   *
   * @param principal who
   * @param places how many
   */
  public record Taker(Principal principal, long places) {}

  private final Limit limit;
  private final long each;
  private final AtomicLong taken = new AtomicLong();
  private final ConcurrentHashMap<Principal, Long> byPrincipal = new ConcurrentHashMap<>();

  /**
   * @param percent of the places that one principal may take, 1 to 100; rounded up
   */
  public Shares(Limit limit, int percent) {
    if (percent < 1 || percent > WHOLE) {
      throw new IllegalArgumentException("a share is 1 to 100 percent, not " + percent);
    }
    long total = limit.value();
    this.limit = limit;
    // In this order a total of up to 2^63 does not overflow.
    this.each = total / WHOLE * percent + (total % WHOLE * percent + WHOLE - 1) / WHOLE;
  }

  /** Takes a place; false if there is none for this principal. */
  public boolean tryTake(Principal by) {
    return tryTake(by, 1, () -> false);
  }

  /** Takes a place, of the reserve if the others are taken and the caller is an operator. */
  public boolean tryTake(Subject by) {
    return tryTake(by, 1);
  }

  /** Takes this many places at once, under the rule of {@link #hasRoom(Subject, long)}. */
  public boolean tryTake(Subject by, long places) {
    return tryTake(by.identity().principal(), places, by::isOperator);
  }

  private boolean tryTake(Principal by, long places, BooleanSupplier operator) {
    if (!tryTakeOfShare(by, places)) {
      return false;
    }
    if (tryTakeOfAll(places, operator)) {
      return true;
    }
    giveBackOfShare(by, places);
    return false;
  }

  private boolean tryTakeOfShare(Principal by, long places) {
    boolean[] took = new boolean[1];
    byPrincipal.compute(
        by,
        (principal, before) -> {
          took[0] = isWithinShare(before == null ? 0 : before, places);
          return took[0] ? Long.valueOf(before == null ? places : before + places) : before;
        });
    return took[0];
  }

  private boolean isWithinShare(long own, long more) {
    return own == 0 || own + more <= each;
  }

  /**
   * Compares and sets: those that are refused must not be counted for a moment, or many of them
   * could keep an operator out of the reserve.
   */
  private boolean tryTakeOfAll(long places, BooleanSupplier operator) {
    long before = taken.get();
    while (isWithinLimit(before + places, operator)) {
      if (taken.compareAndSet(before, before + places)) {
        return true;
      }
      before = taken.get();
    }
    return false;
  }

  private boolean isWithinLimit(long all, BooleanSupplier operator) {
    return all <= limit.value() || (all <= withReserve() && operator.getAsBoolean());
  }

  /**
   * Whether there is room for this many places. Who has none may take more than a share at once: a
   * thing that is larger than a share must be possible.
   */
  public boolean hasRoom(Subject by, long places) {
    return isWithinShare(takenBy(by.identity().principal()), places)
        && isWithinLimit(taken.get() + places, by::isOperator);
  }

  /** Whether there is room for one more place of this principal. */
  public boolean hasRoom(Principal by) {
    return takenBy(by) < each && taken.get() < limit.value();
  }

  /** Takes places, or gives them back if negative, without a look at the limit. */
  public void add(Principal by, long places) {
    giveBackOfShare(by, -places);
    taken.addAndGet(places);
  }

  /** Gives back a place that was taken. */
  public void giveBack(Principal by) {
    add(by, -1);
  }

  /** Why this principal was refused a place just now. */
  public LimitReached reached(Principal by) {
    return reached(by, 1);
  }

  /** Why this principal was refused this many places just now. */
  public LimitReached reached(Principal by, long places) {
    return each < limit.value() && !isWithinShare(takenBy(by), places)
        ? new LimitReached(limit, Optional.of(new LimitReached.Share(by, each)))
        : LimitReached.byAll(limit);
  }

  /** The limit. */
  public Limit limit() {
    return limit;
  }

  /** The number of places that one principal may take. */
  public long each() {
    return each;
  }

  /** The number of places that are taken. */
  public long taken() {
    return taken.get();
  }

  /** The number of places that a principal has taken. */
  public long takenBy(Principal principal) {
    return byPrincipal.getOrDefault(principal, 0L);
  }

  /** The principals that have taken the most, the greatest taker first. Walks all that have any. */
  public ImmutableList<Taker> greatest(int most) {
    // The least of the greatest comes out first.
    var greatest = new PriorityQueue<>(Comparator.comparingLong(Taker::places));
    byPrincipal.forEach(
        (principal, places) -> {
          greatest.add(new Taker(principal, places));
          if (greatest.size() > most) {
            greatest.remove();
          }
        });
    return ImmutableList.sortedCopyOf(
        Comparator.comparingLong(Taker::places)
            .reversed()
            .thenComparing(taker -> taker.principal().text()),
        greatest);
  }

  private void giveBackOfShare(Principal by, long places) {
    byPrincipal.merge(by, -places, (before, more) -> before + more == 0 ? null : before + more);
  }

  private long withReserve() {
    return limit.value() + Math.max(1, limit.value() / RESERVED_PART);
  }

  /** The number of principals that have a place. */
  int principals() {
    return byPrincipal.size();
  }

  @Override
  public String toString() {
    return "%d of %s taken".formatted(taken.get(), limit);
  }
}
