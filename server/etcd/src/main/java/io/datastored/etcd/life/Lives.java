package io.datastored.etcd.life;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.datastored.etcd.client.KeyValue;
import io.datastored.etcd.client.Op;
import io.datastored.etcd.client.Range;
import io.datastored.etcd.client.RangeQuery;
import io.datastored.etcd.client.TxnResult;
import io.datastored.promise.LifeId;
import java.util.List;
import java.util.Optional;

/**
 * Lives are all lives, as one transaction has found them. Immutable.
 *
 * @param records by life
 * @param presences by life; a life without one is silent
 */
record Lives(ImmutableMap<LifeId, KeyValue> records, ImmutableMap<LifeId, KeyValue> presences) {

  /** What a transaction must read, as the first queries of its list. */
  static List<Op> queries(LifeKeys keys) {
    return List.of(
        Op.get(RangeQuery.prefix(keys.records())), Op.get(RangeQuery.prefix(keys.presences())));
  }

  static Lives of(LifeKeys keys, TxnResult result) {
    ImmutableMap.Builder<LifeId, KeyValue> records = ImmutableMap.builder();
    ImmutableMap.Builder<LifeId, KeyValue> presences = ImmutableMap.builder();
    Range first = result.ranges().get(0);
    for (KeyValue found : first.keyValues()) {
      keys.lifeOfRecord(found.key()).ifPresent(life -> records.put(life, found));
    }
    Range second = result.ranges().get(1);
    for (KeyValue found : second.keyValues()) {
      keys.lifeOfPresence(found.key()).ifPresent(life -> presences.put(life, found));
    }
    return new Lives(records.buildOrThrow(), presences.buildOrThrow());
  }

  Optional<KeyValue> record(LifeId life) {
    return Optional.ofNullable(records.get(life));
  }

  Optional<KeyValue> presence(LifeId life) {
    return Optional.ofNullable(presences.get(life));
  }

  /** The lives whose promises may still be relied on though nothing is heard of them. */
  ImmutableSet<LifeId> silent() {
    return records.keySet().stream()
        .filter(life -> !presences.containsKey(life))
        .collect(ImmutableSet.toImmutableSet());
  }
}
