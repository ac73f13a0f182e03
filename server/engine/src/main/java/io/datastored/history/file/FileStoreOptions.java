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
 * File store options are what a file store must be told. Immutable.
 *
 * @param places where its files are
 * @param access whether it may replace the configuration file
 * @param waits how long it waits
 * @param outside what it uses of the system
 */
public record FileStoreOptions(Places places, Access access, Waits waits, Outside outside) {

  /** Whether the configuration file may be replaced. */
  public enum Access {
    /** Unless it belongs to another user than this process runs as. */
    OF_OWN_FILES,
    /** Never. */
    READ_ONLY,
    /** Whatever the system permits. */
    READ_WRITE
  }

  /**
   * Places are where files are. Immutable.
   *
   * @param configFile the configuration file, which need not be there; its directory must
   * @param stateDirectory where the accepted state is, shared by all processes that use the file
   * @param runDirectory where the shared page is; empty: chosen, or the one in use
   * @param machineId the file with the id of this machine
   */
  public record Places(
      Path configFile, Path stateDirectory, Optional<Path> runDirectory, Path machineId) {}

  /**
   * Waits are how long something takes. Immutable.
   *
   * @param lock how long to wait, at the opening, for a process that is starting or committing
   * @param settle how long an edit in place must rest before it is believed
   * @param settleLimit after which an edit that never rests is believed; at least {@code settle}
   */
  public record Waits(Duration lock, Duration settle, Duration settleLimit) {}

  /**
   * What a store uses of the system. Immutable.
   *
   * @param disk the steps of each save and commit
   * @param random draws ids
   * @param clock the wall clock
   * @param ticker monotonic time
   */
  public record Outside(DiskSteps disk, RandomGenerator random, Clock clock, Ticker ticker) {

    /** That of the operating system. */
    public static Outside system() {
      return new Outside(
          DiskSteps.REAL, new SecureRandom(), Clock.systemUTC(), Ticker.systemTicker());
    }
  }

  EditDebounce debounce() {
    return new EditDebounce(waits.settle(), waits.settleLimit(), outside.ticker());
  }

  FileConfigStore.Options config() {
    return FileConfigStore.Options.defaults()
        .withAccess(access)
        .withDisk(outside.disk())
        .withClock(outside.clock());
  }
}
