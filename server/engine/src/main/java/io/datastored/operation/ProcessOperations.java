package io.datastored.operation;

/**
 * Process operations are the operations of one live process on this host that are in progress on a
 * datastore. Immutable.
 *
 * @param pid the process id in its own pid namespace, for display only
 * @param program the name that the process gives itself, for display only
 * @param counts the operations in progress
 * @param open whether its runtime is open: it may hold the lock file of the base directory, and so
 *     keep the file system busy
 * @param self whether it is this process
 */
public record ProcessOperations(
    long pid, String program, OperationCounts counts, boolean open, boolean self) {

  /** Whether nothing is in progress and nothing is held open. */
  public boolean none() {
    return counts.none() && !open;
  }
}
