package io.datastored.etcd.history;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.ByteString;
import io.datastored.etcd.client.Compare;
import io.datastored.etcd.client.EtcdClient;
import io.datastored.etcd.client.EtcdException;
import io.datastored.etcd.client.EtcdWatch;
import io.datastored.etcd.client.KeyRange;
import io.datastored.etcd.client.KeyValue;
import io.datastored.etcd.client.Op;
import io.datastored.etcd.client.Range;
import io.datastored.etcd.client.RangeQuery;
import io.datastored.etcd.client.Txn;
import io.datastored.etcd.client.TxnResult;
import io.datastored.etcd.client.WatchEvent;
import io.datastored.etcd.client.WatchListener;
import io.datastored.etcd.client.WatchQuery;
import java.util.List;
import java.util.Optional;

/**
 * Etcd key values are the key values of a real etcd. Thread-safe.
 *
 * @param client is closed with them
 */
public record EtcdKeyValues(EtcdClient client) implements KeyValues {

  @Override
  public Page range(KeyRange range, long revision, int limit) throws KeyValuesException {
    try {
      Range found = client.range(RangeQuery.of(range).at(revision).limit(limit));
      // By the bytes of the last key: a key that somebody else put need not be UTF-8.
      return new Page(
          found.revision(),
          found.keyValues().stream().map(EtcdKeyValues::entry).toList(),
          Optional.of(range.after(found.lastKey())).filter(rest -> found.more()));
    } catch (EtcdException e) {
      throw of(e);
    }
  }

  private static Entry entry(KeyValue found) {
    return new Entry(
        found.key(), found.value().toByteArray(), found.createRevision(), found.modRevision());
  }

  @Override
  public Answer commit(List<Condition> when, List<Change> then) throws KeyValuesException {
    Txn txn =
        Txn.when(when.stream().map(one -> Compare.modEquals(one.key(), one.modified())).toList())
            .then(then.stream().map(EtcdKeyValues::op).toList());
    try {
      TxnResult result = client.commit(txn);
      return new Answer(result.succeeded(), result.revision());
    } catch (EtcdException e) {
      throw of(e);
    }
  }

  private static Op op(Change change) {
    return change
        .value()
        .map(value -> Op.put(change.key(), ByteString.copyFrom(value)))
        .orElseGet(() -> Op.delete(change.key()));
  }

  @Override
  public Watch watch(String prefix, long from, Listener listener) {
    WatchListener reports =
        new WatchListener() {
          @Override
          public void changed(long revision, ImmutableList<WatchEvent> events) {
            listener.changed(revision, events.stream().map(EtcdKeyValues::change).toList());
          }

          @Override
          public void ended(EtcdException why) {
            listener.ended(of(why));
          }
        };
    try {
      EtcdWatch watch = client.watch(new WatchQuery(KeyRange.prefix(prefix), from), reports);
      return watch::close;
    } catch (EtcdException e) {
      listener.ended(of(e));
      return () -> {};
    }
  }

  private static Change change(WatchEvent event) {
    return new Change(
        event.key(),
        event.type() == WatchEvent.Type.DELETE
            ? Optional.empty()
            : Optional.of(event.keyValue().value().toByteArray()));
  }

  private static KeyValuesException of(EtcdException e) {
    KeyValuesException.Kind kind =
        switch (e.kind()) {
          case ELSEWHERE -> KeyValuesException.Kind.UNREACHABLE;
          case AUTHENTICATE -> KeyValuesException.Kind.REFUSED;
          case COMPACTED -> KeyValuesException.Kind.COMPACTED;
          case FULL -> KeyValuesException.Kind.FULL;
          case TOO_LARGE -> KeyValuesException.Kind.TOO_LARGE;
          case OUTCOME_UNKNOWN -> KeyValuesException.Kind.OUTCOME_UNKNOWN;
          case LEASE_ENDED, BUG -> KeyValuesException.Kind.OTHER;
        };
    return new KeyValuesException(kind, String.valueOf(e.getMessage()));
  }

  @Override
  public void close() {
    client.close();
  }
}
