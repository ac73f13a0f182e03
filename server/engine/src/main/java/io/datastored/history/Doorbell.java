package io.datastored.history;

/**
 * A doorbell is a shared word that announces a later committed generation to every process of a
 * state directory. Thread-safe: one 64-bit word, read and raised atomically.
 *
 * <p>The state file is the truth; the doorbell only means "look again". It never decreases, and it
 * is raised only to a generation that has been committed.
 */
public interface Doorbell {

  /**
   * The last generation raised, read with acquire semantics: everything written before it was
   * raised is visible. Enough for the first read of a lookup, not for the second.
   */
  long readAcquire();

  /**
   * The last generation raised, read with volatile semantics: ordered after a preceding add to a
   * counter (the second read of a lookup) and before subsequent reads of counters (a drain).
   */
  long read();

  /** Raises the doorbell to {@code generation} unless it is there or higher already. */
  void raise(Generation generation);

  /** Whether its page is still the file at its path; a lost page reaches no other process. */
  boolean intact();
}
