package io.datastored.etcd.client;

import io.datastored.etcd.proto.Kv;

/**
 * A watch event is one change of one key. Immutable.
 *
 * @param keyValue of a deletion: the key, and the revision of the deletion as {@code modRevision}
 */
public record WatchEvent(Type type, KeyValue keyValue) {

  /** What was done to the key. */
  public enum Type {
    PUT,
    DELETE
  }

  static WatchEvent of(Kv.Event message) {
    return new WatchEvent(
        message.getType() == Kv.Event.EventType.DELETE ? Type.DELETE : Type.PUT,
        KeyValue.of(message.getKv()));
  }

  public String key() {
    return keyValue.key();
  }
}
