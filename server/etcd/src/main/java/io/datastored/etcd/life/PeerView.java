package io.datastored.etcd.life;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.history.Generation;
import io.datastored.operation.OperationCounts;
import io.datastored.promise.AwaitedReplica;
import io.datastored.promise.ClockSlack;
import io.datastored.promise.LifeId;
import io.datastored.promise.Work;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A peer view is what all lives have in etcd, as it was read or followed. Immutable, provided that
 * the map is not modified.
 *
 * @param revision until which everything is in it
 * @param items by key
 */
record PeerView(long revision, NavigableMap<String, Item> items) {

  static final PeerView NOTHING = new PeerView(0, new TreeMap<>());

  /**
   * A key.
   *
   * @param created the revision that created it
   */
  record Item(String text, long created) {}

  /** The keys with a prefix. */
  NavigableMap<String, Item> below(String prefix) {
    return items.subMap(prefix, true, prefix + Character.MAX_VALUE, false);
  }

  Optional<Item> item(String key) {
    return Optional.ofNullable(items.get(key));
  }

  /** The lives that anybody still waits for, by their record. */
  ImmutableList<LifeId> lives(LifeKeys keys) {
    return below(keys.records()).keySet().stream()
        .flatMap(key -> keys.lifeOfRecord(key).stream())
        .collect(ImmutableList.toImmutableList());
  }

  /**
   * The servers that are in the way of a mode.
   *
   * <p>A life without a presence is, whatever it has acknowledged: it may have promised something
   * until its authority ended.
   *
   * @param since the generation that set the mode
   * @param silent how long a silent life is waited for at most, if that is known already
   * @param me the life of this server: its work is not among the others'
   */
  ImmutableList<AwaitedReplica> awaited(
      LifeKeys keys,
      DatastoreName name,
      Generation since,
      Function<LifeId, Optional<Silence.Silent>> silent,
      ClockSlack slack,
      Optional<LifeId> me) {
    ImmutableList.Builder<AwaitedReplica> awaited = ImmutableList.builder();
    for (LifeId life : lives(keys)) {
      Optional<Item> presence = item(keys.presence(life));
      if (presence.isEmpty()) {
        awaited.add(silent(keys, life, silent.apply(life), slack));
      } else if (Applied.in(presence.get().text())
          .filter(applied -> !since.isAfter(applied.generation()))
          .isEmpty()) {
        awaited.add(new AwaitedReplica.Unaware(life, replica(keys, life)));
      }
    }
    below(keys.allWork(name))
        .forEach(
            (key, item) ->
                keys.lifeOfWork(name, key)
                    .filter(life -> !me.equals(Optional.of(life)))
                    .ifPresent(
                        life ->
                            awaited.add(
                                new AwaitedReplica.Working(
                                    life, replica(keys, life), work(item)))));
    return awaited.build();
  }

  private AwaitedReplica silent(
      LifeKeys keys, LifeId life, Optional<Silence.Silent> known, ClockSlack slack) {
    return known
        .map(wait -> new AwaitedReplica.Silent(life, wait.replica(), wait.left()))
        .orElseGet(
            () ->
                new AwaitedReplica.Silent(
                    life,
                    replica(keys, life),
                    record(keys, life).map(record -> record.wait(slack))));
  }

  /** The record of a life; empty if there is none, or it cannot be read. */
  Optional<LifeRecord> record(LifeKeys keys, LifeId life) {
    try {
      return item(keys.record(life)).map(item -> LifeRecord.read(item.text()));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private String replica(LifeKeys keys, LifeId life) {
    return record(keys, life).map(LifeRecord::replica).orElse("unknown");
  }

  /** What cannot be read is work all the same. */
  private static Work work(Item item) {
    try {
      return WorkText.read(item.text());
    } catch (IllegalArgumentException e) {
      return new Work(Generation.NONE, OperationCounts.NONE, 0, 0, ImmutableList.of());
    }
  }
}
