package io.datastored.config;

/**
 * A prepared save is new content that waits beside the old one. Confined to one thread at a time.
 *
 * <p>It must be closed, which aborts it unless it was committed.
 */
public interface PreparedSave extends AutoCloseable {

  /**
   * Puts the new content in the place of the old one, durably, if that is still the expected one.
   *
   * @throws StoreException when it is not known to be durable; either content may be there then,
   *     and {@link ConfigStore#load} tells which
   * @throws IllegalStateException when this save is over
   */
  SaveOutcome commit() throws StoreException;

  /** Throws the new content away. Does nothing after a commit. */
  void abort();

  /** As {@link #abort}. */
  @Override
  default void close() {
    abort();
  }
}
