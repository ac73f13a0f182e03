package io.datastored.etcd.life;

import io.datastored.config.DatastoreName;
import io.datastored.etcd.client.EtcdClient;
import io.datastored.etcd.client.EtcdException;
import io.datastored.etcd.client.KeyValue;
import io.datastored.etcd.client.Op;
import io.datastored.etcd.client.RangeQuery;
import io.datastored.etcd.client.Txn;
import io.datastored.etcd.client.TxnResult;
import io.datastored.file.StoreException;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A peer reading is all that matters for a drain of one datastore, read at one revision. Immutable.
 *
 * @param view all lives, and their work on this datastore
 * @param floor of the datastore
 * @param tokens the lowest token that nobody had reserved. Whoever had acknowledged a mode by then
 *     had reserved all tokens of what that mode refuses
 */
record PeerReading(PeerView view, Floors.Known floor, long tokens) {

  /** The prefixes of what is in the view. */
  static List<String> prefixes(LifeKeys keys, DatastoreName name) {
    return List.of(keys.records(), keys.presences(), keys.allWork(name));
  }

  static PeerReading of(EtcdClient etcd, LifeKeys keys, DatastoreName name) throws StoreException {
    List<Op> queries =
        List.of(
            Op.get(RangeQuery.prefix(keys.records())),
            Op.get(RangeQuery.prefix(keys.presences())),
            Op.get(RangeQuery.prefix(keys.allWork(name))),
            Op.get(RangeQuery.of(keys.floor(name))),
            Op.get(RangeQuery.of(keys.tokens())));
    TxnResult result;
    try {
      result = etcd.commit(Txn.when().then(queries));
    } catch (EtcdException e) {
      throw EtcdTrouble.cannot("read what other servers count", keys, e);
    }
    NavigableMap<String, PeerView.Item> items = new TreeMap<>();
    result.ranges().subList(0, 3).stream()
        .flatMap(range -> range.keyValues().stream())
        .forEach(
            found ->
                items.put(found.key(), new PeerView.Item(found.text(), found.createRevision())));
    Optional<KeyValue> floor = result.ranges().get(3).first();
    Optional<KeyValue> tokens = result.ranges().get(4).first();
    return new PeerReading(
        new PeerView(result.revision(), items),
        floor.isPresent() ? floor(floor.get()) : Floors.Known.NOTHING,
        Tokens.read(keys, tokens.orElseThrow(() -> Tokens.missing(keys)).text()));
  }

  private static Floors.Known floor(KeyValue found) throws StoreException {
    try {
      return new Floors.Known(Floor.read(found.text()), found.modRevision());
    } catch (IllegalArgumentException e) {
      throw EtcdTrouble.damaged(
          found.key(), e.getMessage() + ". Put its last value back, or one with higher tokens");
    }
  }
}
