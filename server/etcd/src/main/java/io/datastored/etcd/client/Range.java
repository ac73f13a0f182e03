package io.datastored.etcd.client;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.ByteString;
import io.datastored.etcd.proto.Rpc;
import java.util.Optional;

/**
 * A range is what etcd answered to a {@link RangeQuery}. Immutable.
 *
 * @param revision the revision of the store when it answered; not that of the query, if it had one
 * @param keyValues by key, ascending (as bytes)
 * @param more whether there are keys beyond the limit of the query
 * @param count how many keys the queried range has, those beyond the limit included
 * @param lastKey the last of the keys as bytes, which need not be UTF-8; empty if there is none
 */
public record Range(
    long revision,
    ImmutableList<KeyValue> keyValues,
    boolean more,
    long count,
    ByteString lastKey) {

  static Range of(long revision, Rpc.RangeResponse message) {
    int kvs = message.getKvsCount();
    return new Range(
        revision,
        message.getKvsList().stream().map(KeyValue::of).collect(ImmutableList.toImmutableList()),
        message.getMore(),
        message.getCount(),
        kvs == 0 ? ByteString.EMPTY : message.getKvs(kvs - 1).getKey());
  }

  /** The first key: of a query for one key, that one. */
  public Optional<KeyValue> first() {
    return keyValues.stream().findFirst();
  }
}
