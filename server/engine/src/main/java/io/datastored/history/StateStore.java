package io.datastored.history;

import io.datastored.file.Digest;
import io.datastored.file.StoreException;
import java.time.Duration;
import java.util.Optional;

/**
 * A state store keeps the accepted state where all processes of a state directory find it.
 * Thread-safe.
 */
public interface StateStore extends AutoCloseable {

  /**
   * The state as committed last.
   *
   * @return empty when there is none, or none that this store has written: a copied or restored one
   *     belongs to another history
   * @throws StoreException when it cannot be read
   */
  Optional<AcceptedState> load() throws StoreException;

  /**
   * As {@link #load}, but reads it only when something about it tells that it changed. What is
   * written past the times of a file is not seen: so whoever relies on this must load from time to
   * time.
   */
  default Optional<AcceptedState> refresh() throws StoreException {
    return load();
  }

  /** Returns where this is, for people. */
  default String describe() {
    return "memory";
  }

  /**
   * Whether an operator has said that a configuration which has lost datastores is meant.
   *
   * @param accepted the configuration that it replaces
   * @param found what is in the file
   */
  default boolean isMeant(Digest accepted, Digest found) {
    return false;
  }

  /**
   * Makes everything ready for {@code next} to be committed, durably, without making it visible.
   *
   * @throws StoreException when it cannot be written; nothing has changed then
   */
  Prepared prepare(AcceptedState next) throws StoreException;

  /**
   * Takes the lock under which states are committed, against other processes.
   *
   * @throws StoreException when another process holds it for longer than {@code wait}
   */
  Held lock(Duration wait) throws StoreException;

  @Override
  void close() throws StoreException;

  /** A prepared state becomes the accepted one by {@link #commit}, or never. */
  interface Prepared extends AutoCloseable {

    /** Makes it the accepted state, durably, in one step. */
    void commit() throws StoreException;

    /** Drops it unless it was committed. */
    @Override
    void close();
  }

  /** The lock is held until it is closed. */
  interface Held extends AutoCloseable {
    @Override
    void close() throws StoreException;
  }
}
