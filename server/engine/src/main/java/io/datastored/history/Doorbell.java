package io.datastored.history;

/**
 * A doorbell is the word that tells every process of a state directory that a later generation has
 * been committed. Thread-safe: one 64-bit word, read and raised atomically.
 *
 * <p>It is never the truth, the state file is; the doorbell only says "look again". It never goes
 * back, and it is rung only for a generation that has been committed.
 */
public interface Doorbell extends AutoCloseable {

  /**
   * The generation last rung, with acquire semantics: what was written before the ring is visible.
   * Enough for the first look of a lookup, not for the second.
   */
  long readAcquire();

  /**
   * The generation last rung, with volatile semantics: ordered with the counter that was added to
   * before (the second look of a lookup) and with the counters that are read next (a drain).
   */
  long read();

  /** Raises the doorbell to {@code generation} unless it stands there or further already. */
  void raise(Generation generation);

  /** Whether the page behind it is still the one that its path names; a lost one rings no more. */
  boolean intact();

  /** Lets go of the page. Idempotent. */
  @Override
  void close();
}
