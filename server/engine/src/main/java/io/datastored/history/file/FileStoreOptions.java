package io.datastored.history.file;

import com.google.common.base.Ticker;
import io.datastored.file.DiskSteps;
import io.datastored.history.EditDebounce;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * File store options configure a file store. Immutable.
 *
 * @param places where its files are
 * @param access whether it may replace the configuration file
 * @param waits its time-outs
 * @param outside its system dependencies
 */
public record FileStoreOptions(Places places, Access access, Waits waits, Outside outside) {

  /** Whether the configuration file may be replaced. */
  public enum Access {
    /** Only if it belongs to the user that this process runs as. */
    OF_OWN_FILES,
    /** Never. */
    READ_ONLY,
    /** Whenever the system permits it. */
    READ_WRITE
  }

  /**
   * Places are the locations of files. Immutable.
   *
   * @param configFile the configuration file, which need not exist; its directory must
   * @param stateDirectory where the accepted state is, shared by all processes that use the file
   * @param runDirectory where the shared page is; empty: the one in use, or else a default
   * @param machineId the file with the id of this machine
   */
  public record Places(
      Path configFile, Path stateDirectory, Optional<Path> runDirectory, Path machineId) {}

  /**
   * Waits are time-outs. Immutable.
   *
   * @param lock how long to wait, when opening, for a process that is starting or committing
   * @param settle how long an edit in place must be unchanged before it is accepted
   * @param settleLimit after which an edit that never settles is accepted; at least {@code settle}
   */
  public record Waits(Duration lock, Duration settle, Duration settleLimit) {}

  /**
   * Outside holds the system dependencies of a store. Immutable.
   *
   * @param disk the steps of each save and commit
   * @param random draws ids
   * @param clock the wall clock
   * @param ticker monotonic time
   */
  public record Outside(DiskSteps disk, RandomGenerator random, Clock clock, Ticker ticker) {

    /** The real disk, randomness and clocks. */
    public static Outside system() {
      return new Outside(
          DiskSteps.REAL, new SecureRandom(), Clock.systemUTC(), Ticker.systemTicker());
    }
  }

  EditDebounce debounce() {
    return new EditDebounce(waits.settle(), waits.settleLimit(), outside.ticker());
  }
}
