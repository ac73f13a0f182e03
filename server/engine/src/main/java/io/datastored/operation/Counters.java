package io.datastored.operation;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.file.StoreException;
import java.nio.file.Path;

/**
 * Counters are the counters of this process, the stripes of each alone on their cache lines so that
 * threads do not disturb each other, together with those that other processes show. Thread-safe:
 * claiming and looking take a lock, counting does not.
 */
public interface Counters extends AutoCloseable {

  /** Two lines: the prefetcher of common processors fetches lines in pairs. */
  int STRIDE = 128;

  /**
   * A counter that nobody else uses, closed, and seen by all who look from now on. It is never
   * given to another datastore: a lookup that was asleep since before its datastore was removed may
   * still add to it.
   *
   * @throws StoreException when there is no room for it; nothing may be counted then
   */
  Counter claim(DatastoreName name, Path basePath) throws StoreException;

  /**
   * The counters of every process that is alive now, this one first.
   *
   * @throws StoreException when that cannot be found out
   */
  ImmutableList<ProcessCounters> live() throws StoreException;

  /** The counters of the processes that were alive when somebody last looked, this one first. */
  ImmutableList<ProcessCounters> known();

  /** Whether other processes can still see the counters of this one. */
  boolean intact();

  /**
   * Takes the counters of this process out of sight. Idempotent. The caller has seen to it that
   * nothing is counted on them any more.
   */
  @Override
  void close();
}
