package io.datastored.etcd.client;

import com.google.protobuf.ByteString;
import io.datastored.etcd.proto.Kv;

/**
 * A key with its value, as it was at one revision. Immutable.
 *
 * @param value empty if only keys were asked for, and of a deletion
 * @param createRevision the revision that created the key
 * @param modRevision the revision of its last put; of a deletion, that of the deletion
 * @param version how many puts since the creation, that one included
 * @param lease the lease that ends the key, or 0
 */
public record KeyValue(
    String key, ByteString value, long createRevision, long modRevision, long version, long lease) {

  static KeyValue of(Kv.KeyValue message) {
    return new KeyValue(
        message.getKey().toStringUtf8(),
        message.getValue(),
        message.getCreateRevision(),
        message.getModRevision(),
        message.getVersion(),
        message.getLease());
  }

  /** The value as UTF-8. */
  public String text() {
    return value.toStringUtf8();
  }

  @Override
  public String toString() {
    return key + "@" + modRevision;
  }
}
