package io.datastored.history;

import io.datastored.file.StoreException;
import java.util.Optional;

/**
 * A prepared save is new content that waits beside the old one. Confined to one thread at a time.
 *
 * <p>It must be closed, which aborts it, or settles it when it was committed.
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

  /**
   * Looks once more at the content that was replaced. Whoever was writing to it in the very moment
   * of the commit finds his change beside the new content. Does nothing before a commit, nor when
   * it is called again.
   *
   * @return where such a change is now
   */
  Optional<String> settle();

  /** Aborts, or settles when it was committed. */
  @Override
  default void close() {
    abort();
    Optional<String> unused = settle();
  }
}
