package io.datastored.etcd.client;

/**
 * A watch query says which changes a watch delivers. Immutable.
 *
 * @param fromRevision the first revision: that of a range that was read, plus 1. A revision that
 *     does not exist yet is waited for, in a store that was set back for ever
 */
public record WatchQuery(KeyRange range, long fromRevision) {

  public WatchQuery {
    if (fromRevision <= 0) {
      throw new IllegalArgumentException("fromRevision must be positive");
    }
  }
}
