package io.datastored.etcd.client;

import com.google.protobuf.ByteString;
import io.datastored.etcd.proto.Rpc;

/**
 * An operation of a transaction. A transaction puts a key at most once. Immutable.
 *
 * @param message as etcd is sent it
 */
public record Op(Rpc.RequestOp message) {

  private Op(Rpc.RequestOp.Builder message) {
    this(message.build());
  }

  /** Puts a key that no lease ends. */
  public static Op put(String key, ByteString value) {
    return put(key, value, 0);
  }

  /** Puts a key that no lease ends, with text as UTF-8. */
  public static Op put(String key, String text) {
    return put(key, ByteString.copyFromUtf8(text), 0);
  }

  /**
   * Puts a key that ends with a lease.
   *
   * @param lease the lease with which the key ends ({@link EtcdLease#id}); 0: none
   */
  public static Op put(String key, ByteString value, long lease) {
    return new Op(
        Rpc.RequestOp.newBuilder()
            .setRequestPut(
                Rpc.PutRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8(key))
                    .setValue(value)
                    .setLease(lease)));
  }

  /** Deletes the key, if it is there. */
  public static Op delete(String key) {
    return delete(KeyRange.of(key));
  }

  /** Deletes the keys that the range has. */
  public static Op delete(KeyRange range) {
    return new Op(
        Rpc.RequestOp.newBuilder()
            .setRequestDeleteRange(
                Rpc.DeleteRangeRequest.newBuilder()
                    .setKey(range.start())
                    .setRangeEnd(range.end())));
  }

  /** Reads, at the revision that the transaction makes. */
  public static Op get(RangeQuery query) {
    return new Op(Rpc.RequestOp.newBuilder().setRequestRange(query.message()));
  }

  boolean isWrite() {
    return !message.hasRequestRange();
  }

  @Override
  public String toString() {
    return switch (message.getRequestCase()) {
      case REQUEST_PUT -> "put " + message.getRequestPut().getKey().toStringUtf8();
      case REQUEST_DELETE_RANGE ->
          "delete " + message.getRequestDeleteRange().getKey().toStringUtf8();
      case REQUEST_RANGE -> "get " + message.getRequestRange().getKey().toStringUtf8();
      case REQUEST_NOT_SET -> "nothing";
    };
  }
}
