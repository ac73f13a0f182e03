package io.datastored.etcd.life;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Sets;
import com.google.protobuf.ByteString;
import io.datastored.etcd.client.Op;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Own keys are what a life has in etcd beside its record and its presence, as it should be and as
 * it is known to be. They end with the presence. Confined to the lock of the life's writer.
 */
final class OwnKeys {

  /** Of 128 that etcd takes: the rest is for the record and the presence. */
  private static final int MOST_CHANGES = 100;

  /** Of 1.5 MiB that etcd takes. */
  private static final int MOST_LETTERS = 1 << 19;

  /** The value of a key of which it is not known whether it is there; no key has it. */
  private static final String UNKNOWN = "";

  private final Map<String, String> wanted = new HashMap<>();
  private final Map<String, String> there = new HashMap<>();

  /**
   * A change that is missing in etcd.
   *
   * @param value empty: the key is deleted
   */
  record Change(String key, Optional<String> value) {

    Op op(long lease) {
      return value
          .map(text -> Op.put(key, ByteString.copyFromUtf8(text), lease))
          .orElseGet(() -> Op.delete(key));
    }
  }

  /** Some of the missing changes, and whether these are all. */
  record Part(ImmutableList<Change> changes, boolean all) {

    static final Part NOTHING = new Part(ImmutableList.of(), true);
  }

  /** The keys with a prefix should be these. */
  void want(String prefix, Map<String, String> values) {
    wanted.keySet().removeIf(key -> key.startsWith(prefix));
    wanted.putAll(values);
  }

  /** The value that a key should have. */
  Optional<String> wanted(String key) {
    return Optional.ofNullable(wanted.get(key));
  }

  /** As many of the missing changes as one transaction takes. */
  Part missing() {
    ImmutableList.Builder<Change> changes = ImmutableList.builder();
    int count = 0;
    int letters = 0;
    for (String key : new TreeSet<>(Sets.union(wanted.keySet(), there.keySet()))) {
      String value = wanted.get(key);
      if (value != null ? value.equals(there.get(key)) : !there.containsKey(key)) {
        continue;
      }
      int more = value == null ? 0 : value.length();
      if (count == MOST_CHANGES || count > 0 && letters + more > MOST_LETTERS) {
        return new Part(changes.build(), false);
      }
      changes.add(new Change(key, Optional.ofNullable(value)));
      count++;
      letters += more;
    }
    return new Part(changes.build(), true);
  }

  /** Etcd has made these changes. */
  void done(List<Change> changes) {
    for (Change change : changes) {
      change
          .value()
          .ifPresentOrElse(
              value -> there.put(change.key(), value), () -> there.remove(change.key()));
    }
  }

  /** Etcd may have made these changes, or make them later. */
  void unanswered(List<Change> changes) {
    changes.forEach(change -> there.put(change.key(), UNKNOWN));
  }

  /** The presence is gone, and so, probably, are these. */
  void lost() {
    there.replaceAll((key, value) -> UNKNOWN);
  }

  /** The life is over. */
  void clear() {
    wanted.clear();
    there.clear();
  }
}
