package io.datastored.history.file;

import io.datastored.file.Digest;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.Store;
import java.time.Duration;
import java.util.Optional;

/** A state store is the part of a file store that holds the accepted state. Thread-safe. */
sealed interface StateStore permits FileStateStore, PrivateStateStore {

  /**
   * The last committed state.
   *
   * @return empty if there is none, or if this store did not write it: a copied or restored one
   *     belongs to another history
   * @throws StoreException when it cannot be read
   */
  Optional<AcceptedState> load() throws StoreException;

  /**
   * Like {@link #load}, but reads the file only if its stamp has changed. A write that leaves the
   * file times unchanged is not detected, so a caller must also call load periodically.
   */
  Optional<AcceptedState> refresh() throws StoreException;

  /** The location, for display. */
  String describe();

  /**
   * Whether an operator has confirmed a configuration that has lost datastores.
   *
   * @param accepted the configuration that it replaces
   * @param found the present content of the file
   */
  boolean isMeant(Digest accepted, Digest found);

  /**
   * Prepares the commit of {@code next}, durably, without making it visible.
   *
   * @throws StoreException when it cannot be written; nothing has changed then
   */
  Prepared prepare(AcceptedState next) throws StoreException;

  /**
   * Takes the commit lock, which excludes other processes.
   *
   * @throws StoreException when another process holds it for longer than {@code wait}
   */
  Store.Held lock(Duration wait) throws StoreException;

  /** A prepared state is a state that is written but not accepted until {@link #commit}. */
  interface Prepared extends AutoCloseable {

    /** Makes it the accepted state, durably and atomically. */
    void commit() throws StoreException;

    /** Discards it unless it was committed. */
    @Override
    void close();
  }
}
