package io.datastored.etcd.life;

import com.google.common.collect.ImmutableList;
import io.datastored.etcd.client.EtcdClient;
import io.datastored.etcd.client.EtcdException;
import io.datastored.etcd.client.KeyValue;
import io.datastored.etcd.client.Op;
import io.datastored.etcd.client.RangeQuery;
import io.datastored.etcd.client.Txn;
import io.datastored.etcd.client.TxnResult;
import io.datastored.promise.RenewedAuthority;
import io.datastored.promise.RenewedAuthority.Sending;
import java.util.Optional;

/**
 * A pulse proves that the keys of a life are there. Thread-safe: immutable.
 *
 * <p>It deletes a key that does not exist. So the members agree on it as on every write: it cannot
 * be answered from what one member remembers, which reads could be (<a
 * href="https://github.com/etcd-io/etcd/issues/20418">etcd 20418</a>). It makes no revision and
 * needs no space.
 *
 * @param authority says when a pulse was sent
 */
record Pulse(EtcdClient etcd, LifeKeys keys, RenewedAuthority authority) {

  /** What a pulse has found. */
  sealed interface Found {

    /** All lives, at the same revision. */
    Lives lives();

    /** The value of the head of the history, at that revision; empty: there is none. */
    Optional<byte[]> head();

    /** Both keys are there. */
    record Alive(Sending sent, Lives lives, Optional<byte[]> head) implements Found {}

    /** The presence is not the one that is known; others may be waiting. */
    record Silent(KeyValue record, Lives lives, Optional<byte[]> head) implements Found {}

    /** The record is gone: others have stopped waiting. */
    record Over(Lives lives, Optional<byte[]> head) implements Found {}
  }

  Found send(Membership me) throws EtcdException {
    ImmutableList<Op> queries =
        ImmutableList.<Op>builder()
            .addAll(Lives.queries(keys))
            .add(Op.get(RangeQuery.of(keys.head())))
            .build();
    Txn txn =
        Txn.when(me.hasPresence(keys), me.hasRecord(keys))
            .then(
                ImmutableList.<Op>builder().add(Op.delete(keys.nothing())).addAll(queries).build())
            .otherwise(queries)
            .repeatable();
    Sending sent = authority.sending();
    TxnResult result = etcd.commit(txn);
    Lives lives = Lives.of(keys, result);
    Optional<byte[]> head =
        result.ranges().get(2).first().map(found -> found.value().toByteArray());
    if (result.succeeded()) {
      return new Found.Alive(sent, lives, head);
    }
    Optional<KeyValue> record =
        lives.record(me.life()).filter(found -> found.createRevision() == me.record());
    return record.isPresent()
        ? new Found.Silent(record.get(), lives, head)
        : new Found.Over(lives, head);
  }
}
