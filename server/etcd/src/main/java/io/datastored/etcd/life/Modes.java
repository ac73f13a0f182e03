package io.datastored.etcd.life;

import io.datastored.config.DatastoreName;
import io.datastored.etcd.history.StoredMode;
import io.datastored.file.StoreException;
import java.util.Optional;

/** Modes are those of all datastores, as the store of this server has them. Thread-safe. */
@FunctionalInterface
public interface Modes {

  /**
   * The mode of a datastore; empty if there is no such datastore. From memory, and not older than
   * what is served.
   *
   * @throws StoreException when this is not the history that was followed
   */
  Optional<StoredMode> of(DatastoreName name) throws StoreException;
}
