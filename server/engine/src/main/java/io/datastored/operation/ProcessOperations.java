package io.datastored.operation;

/**
 * Process operations are what one live process on this host has in progress on a datastore.
 * Immutable.
 *
 * @param pid number of the process, as it sees itself; only for people
 * @param program what the process calls itself; only for people
 * @param counts what is in progress
 * @param open whether its runtime is open: it may hold the lock file of the base directory, and so
 *     keep a file system busy
 * @param self whether it is this process
 */
public record ProcessOperations(
    long pid, String program, OperationCounts counts, boolean open, boolean self) {

  /** Whether nothing is in progress and nothing is held open. */
  public boolean none() {
    return counts.none() && !open;
  }
}
