package io.datastored.proof;

import io.datastored.soak.StopLine;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * A pace is how a worker spends its time: mostly as fast as it can, now and then for long on one
 * operation. Confined to one thread.
 */
final class Pace {

  /** Lookups at full speed; then a rest before each, so that a history stays readable. */
  private static final long SPRINT = 2_000;

  private static final int LONGEST_MILLIS = 1000;

  private final SplittableRandom random;
  private final StopLine stop;
  private final int longOneOf;
  private long lookups;

  /**
   * A pace.
   *
   * @param longOneOf one of so many uses takes long
   */
  Pace(SplittableRandom random, StopLine stop, int longOneOf) {
    this.longOneOf = longOneOf;
    this.random = random;
    this.stop = stop;
  }

  boolean isStopped() {
    return stop.isStopped();
  }

  String oneOf(List<String> datastores) {
    return datastores.get(random.nextInt(datastores.size()));
  }

  boolean isWrite() {
    return random.nextBoolean();
  }

  /** One time out of so many. */
  boolean isOneOf(int times) {
    return random.nextInt(times) == 0;
  }

  int usesOfAGrant() {
    return random.nextInt(3);
  }

  void betweenUses() {
    if (++lookups > SPRINT) {
      rest(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  void duringUse() {
    if (random.nextInt(longOneOf) == 0) {
      rest(TimeUnit.MILLISECONDS.toNanos(random.nextInt(LONGEST_MILLIS)));
    } else if (random.nextInt(10) == 0) {
      rest(random.nextInt(1_000_000));
    }
  }

  /** Nothing changes at once, and others have work to do. */
  void afterRefusal() {
    rest(random.nextInt(2_000_000));
  }

  private void rest(long nanos) {
    boolean unused = stop.stoppedWithin(nanos);
  }
}
