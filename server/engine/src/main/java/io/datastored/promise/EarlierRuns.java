package io.datastored.promise;

import io.datastored.file.StoreException;
import io.datastored.promise.LedgerEntry.Promises;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Earlier runs are what previous servers have recorded in the ledger of a state directory, or may
 * have recorded if it is lost. Immutable.
 *
 * <p>Tokens start at the ceiling found or at the wall clock's seconds times 2^20, whichever is
 * higher, at every start; the clock is read to the microsecond. So they rise even if the file was
 * lost or restored from a backup, as long as fewer leases are granted than one in a microsecond.
 * Normally the ceiling decides, whatever the wall clock says. No other decision depends on a wall
 * clock.
 *
 * @param found what the last run recorded, its ceiling already raised to where this run's tokens
 *     start
 * @param grantedBelow earlier runs cannot have granted a token at or above this
 */
record EarlierRuns(LedgerEntry found, long grantedBelow) {

  private static final Logger log = LoggerFactory.getLogger(EarlierRuns.class);

  /** The engine's file in a state directory: a directory that has it is not new. */
  private static final String STATE = "state";

  /** The ceiling of a missing ledger. */
  private static final long NOTHING_RESERVED = 1;

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  /** The number of tokens per second of the wall clock, as a power of two. */
  private static final int TOKENS_PER_SECOND_BITS = 20;

  /**
   * The latest plausible second (in the year 2106): accepting a wrong clock once would use up the
   * tokens.
   */
  private static final long LATEST_BELIEVED_SECOND = 1L << 32;

  /** As {@link FilePromiseBook#open}. */
  static EarlierRuns read(
      LedgerFile file, Path stateDirectory, PromiseBounds bounds, InstantSource wallClock)
      throws StoreException {
    LedgerEntry last;
    try {
      Optional<LedgerEntry> read = file.read();
      last = read.isPresent() ? read.get() : missing(file, stateDirectory, bounds);
    } catch (IllegalArgumentException e) {
      Path aside = file.setAside(wallClock.instant());
      log.atWarn()
          .addKeyValue("file", file)
          .addKeyValue("kept_as", aside)
          .log("the lease ledger is corrupt ({}) and is treated as lost", e.getMessage());
      last = lost(bounds);
    }
    long floor = floorAt(wallClock.instant());
    LedgerEntry found = last.withCeiling(Math.max(last.ceiling(), floor));
    // If the ledger is lost, earlier runs may have granted any token below this run's first.
    long granted = last.ceiling() == NOTHING_RESERVED ? found.ceiling() : last.ceiling();
    return new EarlierRuns(found, granted);
  }

  /**
   * What is known if the ledger may be older than the last run: that run may have promised more.
   */
  EarlierRuns outdated(PromiseBounds bounds) {
    return new EarlierRuns(found.promising(bounds.longest()), found.ceiling());
  }

  private static LedgerEntry missing(LedgerFile file, Path stateDirectory, PromiseBounds bounds)
      throws StoreException {
    if (bounds.earlierLeases() == EarlierLeases.POSSIBLE) {
      return lost(bounds);
    }
    if (Files.exists(stateDirectory.resolve(STATE), LinkOption.NOFOLLOW_LINKS)) {
      LedgerEntry lost = lost(bounds);
      log.atWarn()
          .addKeyValue("directory", stateDirectory)
          .addKeyValue("recovery", lost.longestTtl())
          .log(
              "--no-earlier-leases is ignored: the state directory is not new, but its lease"
                  + " ledger is lost, and clients may still hold leases; no drain completes before"
                  + " they have expired");
      return lost;
    }
    LedgerEntry nothing = new LedgerEntry(NOTHING_RESERVED, Duration.ZERO, Promises.SETTLED);
    // Write it at once: if the server is killed before its first lease, the directory has a state,
    // and without a ledger it would look as if the ledger had been lost.
    file.write(nothing);
    return nothing;
  }

  private static LedgerEntry lost(PromiseBounds bounds) {
    long seconds = bounds.longest().plusNanos(999_999_999).toSeconds();
    return new LedgerEntry(NOTHING_RESERVED, Duration.ofSeconds(seconds), Promises.OUT);
  }

  /** The lowest token of a run that starts now, whatever the ledger says. */
  static long floorAt(Instant now) {
    long second = now.getEpochSecond();
    if (second < 0 || second >= LATEST_BELIEVED_SECOND) {
      log.atWarn().log("implausible wall clock ({} s since 1970); ignoring it", second);
      return 1;
    }
    long part = ((long) now.getNano() << TOKENS_PER_SECOND_BITS) / NANOS_PER_SECOND;
    return Math.max(1, (second << TOKENS_PER_SECOND_BITS) + part);
  }
}
