package io.datastored.engine;

import java.time.Duration;

/**
 * Engine timing holds the periods and time-outs of an engine. Immutable.
 *
 * @param doorbellPoll how often the doorbell is read in the background, so that an idle process
 *     releases a file system, too; a memory load, no system call
 * @param digestCheck how often the configuration file is read and compared: the longest delay until
 *     a manual edit is seen if the operating system does not report it
 * @param mountPoll how often devices are checked
 * @param settle how long an edit in place must be unchanged before it is accepted; a file that was
 *     replaced by a rename is accepted at once
 * @param settleLimit after which an edit that never settles is accepted anyway; at least {@code
 *     settle}
 * @param lockWait how long a writer waits for another process that is writing
 * @param runCheck how often to check that the run directory is still the one that other processes
 *     use; reads two file attributes
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
          "settle must be between 0 and settleLimit (" + settleLimit + "), not " + settle);
    }
  }

  private static void requirePositive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + " must be more than 0, not " + value);
    }
  }

  /** A builder of a timing. A field that is not set keeps its default. Not thread-safe. */
  public static final class Builder {
    public Duration doorbellPoll = Duration.ofMillis(50);
    public Duration digestCheck = Duration.ofSeconds(60);
    public Duration mountPoll = Duration.ofSeconds(1);
    public Duration settle = Duration.ofMillis(500);
    public Duration settleLimit = Duration.ofSeconds(5);
    public Duration lockWait = Duration.ofSeconds(10);
    public Duration runCheck = Duration.ofMillis(250);
    public Duration basePathWait = Duration.ofSeconds(1);

    /**
     * Builds the timing.
     *
     * @throws IllegalArgumentException when a value breaks a rule; it begins with the value's name
     */
    public EngineTiming build() {
      return new EngineTiming(
          doorbellPoll,
          digestCheck,
          mountPoll,
          settle,
          settleLimit,
          lockWait,
          runCheck,
          basePathWait);
    }
  }
}
