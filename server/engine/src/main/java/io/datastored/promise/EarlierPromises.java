package io.datastored.promise;

import io.datastored.file.DiskSteps;
import io.datastored.file.StoreException;
import io.datastored.history.Incarnation;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Earlier promises are what a server that has stopped leaves to servers that continue its history
 * in another store. Immutable.
 *
 * @param tokens no fencing token at or above this has been given out
 * @param kept how long the longest promise is kept from when the server stopped, the slack
 *     included; zero if nothing is promised
 */
public record EarlierPromises(long tokens, Duration kept) {

  /** Those of a history that no server has served. */
  public static EarlierPromises none(InstantSource wallClock) {
    // As at every start of a server: an earlier history may have used the tokens below.
    return new EarlierPromises(EarlierRuns.floorAt(wallClock.instant()), Duration.ZERO);
  }

  /**
   * Those in the ledger of a state directory that nobody uses. Changes nothing.
   *
   * @param history the incarnation of the state beside it
   * @throws StoreException when the ledger is missing, damaged or of another history: then it is
   *     not known what was promised, and a server that starts on it assumes the most
   */
  public static EarlierPromises read(
      Path stateDirectory, Incarnation history, InstantSource wallClock) throws StoreException {
    Optional<LedgerEntry> found;
    try {
      found = new LedgerFile(stateDirectory, DiskSteps.REAL).read();
    } catch (IllegalArgumentException e) {
      throw unknown(stateDirectory, "is damaged: " + e.getMessage());
    }
    LedgerEntry entry =
        found.orElseThrow(() -> unknown(stateDirectory, "is missing, so the server never ran"));
    if (!entry.history().equals(Optional.of(history))) {
      throw unknown(stateDirectory, "belongs to another history");
    }
    boolean out = entry.promises() == LedgerEntry.Promises.OUT;
    return new EarlierPromises(
        Math.max(entry.ceiling(), none(wallClock).tokens),
        out ? ClockSlack.DEFAULT.kept(entry.longestTtl()) : Duration.ZERO);
  }

  private static StoreException unknown(Path stateDirectory, String why) {
    return new StoreException(
        StoreException.Reason.OTHER,
        "the ledger of leases %s %s; start the server on %s once, stop it, and try again"
            .formatted(stateDirectory.resolve(LedgerFile.NAME), why, stateDirectory));
  }
}
