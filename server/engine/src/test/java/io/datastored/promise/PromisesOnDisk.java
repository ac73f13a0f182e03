package io.datastored.promise;

import com.google.common.collect.ImmutableList;
import io.datastored.file.DiskSteps;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Promises on disk are what a server that is killed now leaves in its state directory. Immutable.
 *
 * @param settled whether nobody is owed anything
 * @param longest the longest ttl that may be owed
 * @param ceiling all tokens ever handed out are below
 * @param floors how many of what was drained are remembered
 * @param left paths that were left
 */
public record PromisesOnDisk(
    boolean settled, Duration longest, long ceiling, int floors, ImmutableList<LeftPath> left) {

  /** The promises of a state directory that has a ledger. */
  public static PromisesOnDisk in(Path stateDirectory) throws Exception {
    LedgerEntry entry = new LedgerFile(stateDirectory, DiskSteps.REAL).read().orElseThrow();
    return new PromisesOnDisk(
        entry.promises() == LedgerEntry.Promises.SETTLED,
        entry.longestTtl(),
        entry.ceiling(),
        entry.floors().size(),
        entry.left());
  }

  /** Loses the ledger of a state directory. */
  public static void lose(Path stateDirectory) throws Exception {
    Files.delete(stateDirectory.resolve(LedgerFile.NAME));
  }
}
