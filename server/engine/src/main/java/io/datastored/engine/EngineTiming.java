package io.datastored.engine;

import java.time.Duration;

/**
 * Engine timing is how long an engine takes for what it does in the background. Immutable.
 *
 * @param doorbellPoll how often the doorbell is read in the background, so that an idle process
 *     lets go of a file system too; a load, no system call
 * @param digestCheck how often the configuration file is read and compared: the bound after which a
 *     manual edit is seen even if the operating system never tells of it
 * @param mountPoll how often devices are looked at
 * @param settle how long an edit in place must have rested before it is believed; a file that was
 *     replaced by a rename is believed at once
 * @param settleLimit after which an edit that never rests is believed nevertheless; at least {@code
 *     settle}
 * @param lockWait how long a writer waits for another process that is writing
 * @param runCheck how often it is looked whether the run directory is still the one that other
 *     processes use; two file attributes
 * @param basePathWait how long a lookup waits for the file system of a base path
 */
public record EngineTiming(
    Duration doorbellPoll,
    Duration digestCheck,
    Duration mountPoll,
    Duration settle,
    Duration settleLimit,
    Duration lockWait,
    Duration runCheck,
    Duration basePathWait) {

  /** 50 ms, 60 s, 1 s, 500 ms, 5 s, 10 s, 250 ms, 1 s. */
  public static final EngineTiming DEFAULT =
      new EngineTiming(
          Duration.ofMillis(50),
          Duration.ofSeconds(60),
          Duration.ofSeconds(1),
          Duration.ofMillis(500),
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          Duration.ofMillis(250),
          Duration.ofSeconds(1));

  public EngineTiming {
    requirePositive("doorbellPoll", doorbellPoll);
    requirePositive("digestCheck", digestCheck);
    requirePositive("mountPoll", mountPoll);
    requirePositive("settleLimit", settleLimit);
    requirePositive("lockWait", lockWait);
    requirePositive("runCheck", runCheck);
    requirePositive("basePathWait", basePathWait);
    if (settle.isNegative() || settle.compareTo(settleLimit) > 0) {
      throw new IllegalArgumentException(
          "settle is between 0 and settleLimit (" + settleLimit + "), not " + settle);
    }
  }

  private static void requirePositive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + " is more than 0, not " + value);
    }
  }

  /** A copy with another period for the check of the file's digest. */
  public EngineTiming withDigestCheck(Duration other) {
    return new EngineTiming(
        doorbellPoll, other, mountPoll, settle, settleLimit, lockWait, runCheck, basePathWait);
  }

  /** A copy with another period for looking at devices. */
  public EngineTiming withMountPoll(Duration other) {
    return new EngineTiming(
        doorbellPoll, digestCheck, other, settle, settleLimit, lockWait, runCheck, basePathWait);
  }

  /** A copy with another period for reading the doorbell in the background. */
  public EngineTiming withDoorbellPoll(Duration other) {
    return new EngineTiming(
        other, digestCheck, mountPoll, settle, settleLimit, lockWait, runCheck, basePathWait);
  }

  /** A copy with other times for an edit in place to rest. */
  public EngineTiming withSettle(Duration rest, Duration limit) {
    return new EngineTiming(
        doorbellPoll, digestCheck, mountPoll, rest, limit, lockWait, runCheck, basePathWait);
  }

  /** A copy with another wait for writers. */
  public EngineTiming withLockWait(Duration other) {
    return new EngineTiming(
        doorbellPoll, digestCheck, mountPoll, settle, settleLimit, other, runCheck, basePathWait);
  }

  /** A copy with another period for looking at the run directory. */
  public EngineTiming withRunCheck(Duration other) {
    return new EngineTiming(
        doorbellPoll, digestCheck, mountPoll, settle, settleLimit, lockWait, other, basePathWait);
  }

  /** A copy with another wait for base paths. */
  public EngineTiming withBasePathWait(Duration other) {
    return new EngineTiming(
        doorbellPoll, digestCheck, mountPoll, settle, settleLimit, lockWait, runCheck, other);
  }
}
