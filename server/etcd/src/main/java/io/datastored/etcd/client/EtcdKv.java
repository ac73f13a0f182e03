package io.datastored.etcd.client;

import io.datastored.etcd.client.EtcdCalls.Leader;
import io.datastored.etcd.client.EtcdFaults.Effect;
import io.datastored.etcd.client.RangeQuery.Consistency;
import io.datastored.etcd.proto.KVGrpc;
import io.datastored.etcd.proto.Rpc;

/** Ranges and transactions. Thread-safe. */
final class EtcdKv {

  private final EtcdCalls calls;

  EtcdKv(EtcdCalls calls) {
    this.calls = calls;
  }

  Range range(RangeQuery query) throws EtcdException {
    boolean alone = query.consistency() == Consistency.SERIALIZABLE;
    Rpc.RangeResponse response =
        calls.unary(
            KVGrpc.getRangeMethod(),
            query.message(),
            Effect.REPEATABLE,
            alone ? Leader.UNNEEDED : Leader.REQUIRED);
    return Range.of(response.getHeader().getRevision(), response);
  }

  TxnResult commit(Txn txn) throws EtcdException {
    return TxnResult.of(
        calls.unary(KVGrpc.getTxnMethod(), txn.message(), txn.effect(), Leader.REQUIRED));
  }
}
