package io.datastored.etcd.client;

import com.google.common.collect.ImmutableList;
import io.datastored.etcd.proto.Rpc;

/**
 * What a transaction has done. Immutable.
 *
 * @param succeeded whether the conditions held
 * @param revision that of the store after it: its own, if it changed something
 * @param ranges the answers to the queries of the list that was done, in its order
 */
public record TxnResult(boolean succeeded, long revision, ImmutableList<Range> ranges) {

  static TxnResult of(Rpc.TxnResponse message) {
    long revision = message.getHeader().getRevision();
    return new TxnResult(
        message.getSucceeded(),
        revision,
        message.getResponsesList().stream()
            .filter(Rpc.ResponseOp::hasResponseRange)
            .map(response -> Range.of(revision, response.getResponseRange()))
            .collect(ImmutableList.toImmutableList()));
  }
}
