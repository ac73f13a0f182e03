package io.datastored.history.file;

import io.datastored.file.Digest;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.Store;
import java.time.Duration;
import java.util.Optional;

/** A state store is the part of a file store that keeps the accepted state. Thread-safe. */
sealed interface StateStore permits FileStateStore, PrivateStateStore {

  /**
   * The state as committed last.
   *
   * @return empty when there is none, or none that this store has written: a copied or restored one
   *     belongs to another history
   * @throws StoreException when it cannot be read
   */
  Optional<AcceptedState> load() throws StoreException;

  /**
   * As {@link #load}, but reads it only when its stamp says that it has changed. What is written
   * without a change of the times of a file is not seen: so whoever relies on this must load from
   * time to time.
   */
  Optional<AcceptedState> refresh() throws StoreException;

  /** Where this is, for people. */
  String describe();

  /**
   * Whether an operator has said that a configuration which has lost datastores is meant.
   *
   * @param accepted the configuration that it replaces
   * @param found what is in the file
   */
  boolean isMeant(Digest accepted, Digest found);

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
  Store.Held lock(Duration wait) throws StoreException;

  /** A prepared state becomes the accepted one by {@link #commit}, or never. */
  interface Prepared extends AutoCloseable {

    /** Makes it the accepted state, durably, in one step. */
    void commit() throws StoreException;

    /** Drops it unless it was committed. */
    @Override
    void close();
  }
}
