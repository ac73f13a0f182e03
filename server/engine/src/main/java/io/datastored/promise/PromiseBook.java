package io.datastored.promise;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.file.StoreException;
import io.datastored.operation.Operation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A promise book is the durable record of a server's promises: how long they last, which fencing
 * tokens are used, and what was drained. Thread-safe. A promise is recorded durably before it is
 * made, so the next server finds at least what was promised, even after a kill.
 */
public interface PromiseBook {

  /** Whether a lease or session of this ttl may be promised without a write. From memory. */
  boolean allows(Duration ttl);

  /**
   * Permits promises of this ttl; durable when this returns.
   *
   * @throws StoreException when it cannot be written; then no promise of this ttl may be made
   */
  void promise(Duration ttl) throws StoreException;

  /**
   * Reserves all tokens below a ceiling for this server; durable when this returns.
   *
   * @throws StoreException when it cannot be written; then none of them may be handed out
   */
  void reserve(long ceiling) throws StoreException;

  /**
   * The highest fencing token recorded as drained, for one operation on a datastore; 0 if there is
   * none. From memory.
   */
  long floor(DatastoreName datastore, Operation operation);

  /**
   * The base paths on which a lease of the previous run may be in use; an empty element stands for
   * the present base path of its datastore. If there are several, it is unknown which one it is.
   * From memory.
   */
  ImmutableList<Optional<Path>> grounds(DatastoreName datastore, FencingToken token);

  /** By which a lease of an earlier run is proven. */
  Continuations continuations();

  /**
   * Records that no promise of this server is outstanding, if those of the previous run are over,
   * too.
   *
   * @param sinceOpening how long clients have been able to return to this server
   */
  void settle(Duration sinceOpening) throws StoreException;
}
