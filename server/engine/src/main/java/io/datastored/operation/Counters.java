package io.datastored.operation;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.file.StoreException;
import java.nio.file.Path;

/**
 * Counters are the counters of this process, and a view of those of other processes. Each stripe is
 * alone on its cache lines, so that threads do not contend. Thread-safe: claiming and listing take
 * a lock, counting does not.
 */
public interface Counters extends AutoCloseable {

  /** Two cache lines: the prefetcher of common processors fetches lines in pairs. */
  int STRIDE = 128;

  /**
   * Claims a new counter, closed, and visible to all processes from now on. It is never reused for
   * another datastore: a lookup that was descheduled before its datastore was removed may still add
   * to it.
   *
   * @throws StoreException when there is no space for it; nothing may be counted then
   */
  Counter claim(DatastoreName name, Path basePath) throws StoreException;

  /**
   * The counters of every process that is alive now, this one first.
   *
   * @throws StoreException when they cannot be determined
   */
  ImmutableList<ProcessCounters> live() throws StoreException;

  /** The counters of the processes found alive by the last {@link #live}, this one first. */
  ImmutableList<ProcessCounters> known();

  /** Whether other processes can still see the counters of this process. */
  boolean intact();

  /**
   * Removes the counters of this process from view. Idempotent. The caller ensures that nothing is
   * counted on them anymore.
   */
  @Override
  void close();
}
