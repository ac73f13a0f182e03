package io.datastored.etcd.life;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.datastored.config.DatastoreName;
import io.datastored.promise.LifeId;
import io.datastored.promise.Work;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Own work is what this server counts that modes refuse, as others are to see it. Thread-safe: the
 * take-overs in progress are in a concurrent map; the rest is confined to the lock of the writer.
 *
 * <p>A take-over is held from before its transaction until its lease is counted. Otherwise: its
 * transaction announces work; the counters are read, and are still zero; the key of the work is
 * deleted; a drain is sealed; the lease is counted.
 */
final class OwnWork {

  private final LifeKeys keys;
  private final LifeListener source;
  private final Predicate<DatastoreName> asked;
  private final Map<DatastoreName, Integer> held = new ConcurrentHashMap<>();

  /** Where there was work when it was counted last. */
  private volatile ImmutableSet<DatastoreName> working = ImmutableSet.of();

  /**
   * @param source counts the work
   * @param asked whether somebody waits for a drain of a datastore
   */
  OwnWork(LifeKeys keys, LifeListener source, Predicate<DatastoreName> asked) {
    this.keys = keys;
    this.source = source;
    this.asked = asked;
  }

  void hold(DatastoreName name) {
    held.merge(name, 1, Integer::sum);
  }

  void release(DatastoreName name) {
    held.computeIfPresent(name, (same, count) -> count == 1 ? null : count - 1);
  }

  /** Whether some of what was counted last is over. From memory. */
  boolean hasEnded() {
    ImmutableSet<DatastoreName> last = working;
    return !last.isEmpty() && !source.work(name -> false).keySet().containsAll(last);
  }

  /** What the keys of work should be. */
  void count(LifeId me, OwnKeys own) {
    // Before the counters: a take-over that is not held any more is counted.
    ImmutableMap<DatastoreName, Integer> before = ImmutableMap.copyOf(held);
    ImmutableMap<DatastoreName, Work> counted = source.work(asked);
    ImmutableMap.Builder<String, String> values = ImmutableMap.builder();
    counted.forEach(
        (name, work) -> {
          String key = keys.work(name, me);
          // While nobody asks, only its beginning and its end are written.
          String last = own.wanted(key).filter(text -> !asked.test(name)).orElse("");
          boolean same = WorkText.isSince(last, work.since());
          values.put(key, same ? last : WorkText.write(work));
        });
    before.keySet().stream()
        .filter(name -> !counted.containsKey(name))
        .forEach(name -> values.put(keys.work(name, me), WorkText.write(Work.ARRIVING)));
    own.want(keys.allWork(), values.buildOrThrow());
    working = ImmutableSet.copyOf(Sets.union(counted.keySet(), before.keySet()));
  }
}
