package io.datastored.etcd.history;

import io.datastored.etcd.client.KeyRange;
import io.datastored.etcd.history.KeyValues.Entry;
import io.datastored.etcd.history.KeyValues.Page;
import io.datastored.etcd.history.KeyValuesException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A range reader reads ranges that are larger than one answer, in pages. Immutable.
 *
 * @param page how many keys are read in one request; fewer where their values are large
 */
record RangeReader(KeyValues etcd, int page) {

  /**
   * All entries of a range, in the order of their keys.
   *
   * @param revision at which to read; not 0, or the pages would not fit together
   */
  List<Entry> all(KeyRange range, long revision) throws KeyValuesException {
    List<Entry> all = new ArrayList<>();
    Optional<KeyRange> rest = Optional.of(range);
    int size = page;
    while (rest.isPresent()) {
      try {
        Page next = etcd.range(rest.get(), revision, size);
        all.addAll(next.entries());
        rest = next.rest();
      } catch (KeyValuesException e) {
        if (e.kind() != Kind.TOO_LARGE) {
          throw e;
        }
        if (size == 1) {
          throw new KeyValuesException(
              Kind.OTHER,
              "a value behind key %s is larger than one answer of etcd may be: %s"
                  .formatted(
                      all.isEmpty() ? range : all.get(all.size() - 1).key(), e.getMessage()));
        }
        size /= 2;
      }
    }
    return all;
  }

  /**
   * One key.
   *
   * @param revision at which to read; 0: now
   */
  Optional<Entry> one(String key, long revision) throws KeyValuesException {
    return etcd.range(KeyRange.of(key), revision, 1).entries().stream().findFirst();
  }
}
