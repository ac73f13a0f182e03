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
 * made, so the next server, or another one, finds at least what was promised, even after a kill.
 */
public interface PromiseBook {

  /**
   * Whether a lease or session of this ttl may be promised without a write. From memory. Call it
   * before a promise is registered, and again after it. A book that announces shorter promises
   * allows less first, and then looks at what is registered, so at least one of the two sees the
   * other. With the first call alone: a promise is allowed | nothing as long is registered, and
   * that is announced | the promise is made, and others do not wait for it.
   */
  boolean allows(Duration ttl);

  /**
   * Permits promises of this ttl; durable when this returns.
   *
   * @throws StoreException when it cannot be written; then no promise of this ttl may be made
   */
  void promise(Duration ttl) throws StoreException;

  /**
   * Reserves tokens that nobody else hands out, now or later; durable when this returns.
   *
   * @param size how many
   * @return tokens that are above all floors of the book at this moment
   * @throws StoreException when they cannot be reserved; then none of them may be handed out
   */
  TokenBlock reserve(long size) throws StoreException;

  /**
   * The highest fencing token recorded as drained, for one operation on a datastore; 0 if there is
   * none. From memory: it has all that preceded the mode that is served.
   */
  long floor(DatastoreName datastore, Operation operation);

  /**
   * The base paths on which a lease that this run did not grant may be in use; an empty element
   * stands for the present base path of its datastore. If there are several, it is unknown which
   * one it is. From memory.
   */
  ImmutableList<Optional<Path>> grounds(DatastoreName datastore, FencingToken token);

  /** By which a lease that this run did not grant is proven. */
  Continuations continuations();

  /**
   * Records that no promise of this server is outstanding. Where the record is that of earlier runs
   * as well, only if theirs are over, too.
   *
   * @param sinceOpening how long clients have been able to return to this server
   */
  void settle(Duration sinceOpening) throws StoreException;
}
