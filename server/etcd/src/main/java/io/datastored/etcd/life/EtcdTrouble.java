package io.datastored.etcd.life;

import io.datastored.etcd.client.EtcdException;
import io.datastored.file.StoreException;

/** Etcd troubles are failed calls to etcd as sentences for the operator. Stateless. */
final class EtcdTrouble {
  private EtcdTrouble() {}

  /**
   * The exception for a failed call.
   *
   * @param action what was tried, after "cannot"
   */
  static StoreException cannot(String action, LifeKeys keys, EtcdException why) {
    StoreException.Reason reason =
        switch (why.kind()) {
          case FULL -> StoreException.Reason.DISK_FULL;
          case AUTHENTICATE -> StoreException.Reason.PERMISSION;
          case OUTCOME_UNKNOWN -> StoreException.Reason.OUTCOME_UNKNOWN;
          case ELSEWHERE -> StoreException.Reason.UNREACHABLE;
          case COMPACTED, TOO_LARGE, LEASE_ENDED, BUG -> StoreException.Reason.OTHER;
        };
    return new StoreException(
        reason, "cannot %s at %s: %s".formatted(action, keys, why.getMessage()));
  }

  /** The exception for a key that cannot be used. */
  static StoreException damaged(String key, String why) {
    return new StoreException(
        StoreException.Reason.OTHER, "the key %s cannot be used: %s".formatted(key, why));
  }
}
