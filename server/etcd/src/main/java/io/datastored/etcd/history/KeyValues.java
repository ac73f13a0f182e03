package io.datastored.etcd.history;

import io.datastored.etcd.client.KeyRange;
import java.util.List;
import java.util.Optional;

/**
 * Key values are what a history needs of etcd: reads at one revision, transactions that compare,
 * and a watch. Thread-safe.
 */
public interface KeyValues extends AutoCloseable {

  /**
   * One key.
   *
   * @param value must not be modified
   * @param created the revision that created it
   * @param modified the revision of its last write
   */
  record Entry(String key, byte[] value, long created, long modified) {}

  /**
   * A part of a range.
   *
   * @param revision of etcd at which it was read, or which was the present one then
   * @param entries in the order of their keys
   * @param rest the keys behind them; empty: there are none
   */
  record Page(long revision, List<Entry> entries, Optional<KeyRange> rest) {}

  /**
   * A condition of a transaction.
   *
   * @param modified the revision at which the key was last written; 0: there is no such key
   */
  record Condition(String key, long modified) {}

  /**
   * A write of a transaction, or a change that a watch reports.
   *
   * @param value empty: the key is deleted
   */
  record Change(String key, Optional<byte[]> value) {}

  /**
   * The answer of a transaction.
   *
   * @param revision of etcd after it
   */
  record Answer(boolean done, long revision) {}

  /** Receives what a watch reports, on one thread at a time. Must not block. */
  interface Listener {

    /** All changes of one revision below the watched prefix. */
    void changed(long revision, List<Change> changes);

    /** The watch is over; nothing else is reported. Not called for a watch that was closed. */
    void ended(KeyValuesException why);
  }

  /** An active watch. */
  interface Watch extends AutoCloseable {
    /** Ends the watch; changes that are being reported may still arrive. Idempotent. */
    @Override
    void close();
  }

  /**
   * Reads keys, the present ones linearizably.
   *
   * @param revision at which to read; 0: now
   * @param limit the maximum number of entries
   * @throws KeyValuesException with kind COMPACTED when the revision is gone; with kind TOO_LARGE
   *     when so many entries do not fit into one answer
   */
  Page range(KeyRange range, long revision, int limit) throws KeyValuesException;

  /**
   * Writes all or nothing, once: it is never repeated.
   *
   * @throws KeyValuesException with kind OUTCOME_UNKNOWN when it may have been done or may still be
   *     done; with kind FULL when it may have been done, but is over; with every other kind nothing
   *     was changed
   */
  Answer commit(List<Condition> when, List<Change> then) throws KeyValuesException;

  /**
   * Watches all keys with a prefix.
   *
   * @param from the first revision to report
   */
  Watch watch(String prefix, long from, Listener listener);

  /** Releases everything. Idempotent. */
  @Override
  void close();
}
