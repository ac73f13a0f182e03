package io.datastored.promise;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.file.StoreException;
import io.datastored.operation.Operation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A promise book is what outlives a server of its promises: how long they reach, which fencing
 * tokens are used, and what was drained. Thread-safe. What is promised is in it, durably, before it
 * is promised: so whoever comes after a kill finds at least what was promised, never less.
 */
public interface PromiseBook {

  /** Whether a lease or session of a ttl may be promised without a write. From memory. */
  boolean allows(Duration ttl);

  /**
   * Makes room for promises of a ttl; durable when this returns.
   *
   * @throws StoreException when it cannot be written; then nothing so long may be promised
   */
  void promise(Duration ttl) throws StoreException;

  /**
   * Reserves all tokens below a ceiling for this server; durable when this returns.
   *
   * @throws StoreException when it cannot be written; then none of them may be handed out
   */
  void reserve(long ceiling) throws StoreException;

  /**
   * The highest fencing token of which it is remembered that its lease is drained, of one operation
   * on a datastore; 0 when none is. From memory.
   */
  long floor(DatastoreName datastore, Operation operation);

  /**
   * The base paths on which a lease of the run before may be used; empty stands for the one that
   * its datastore has now. With more than one nobody knows which it is. From memory.
   */
  ImmutableList<Optional<Path>> grounds(DatastoreName datastore, FencingToken token);

  /**
   * Notes that nobody is owed anything by this server, if what the run before left is over too.
   *
   * @param sinceOpening how long this server has been there for those who come back to it
   */
  void settle(Duration sinceOpening) throws StoreException;
}
