package io.datastored.etcd.life;

import io.datastored.etcd.client.EtcdException;
import io.datastored.etcd.client.EtcdException.Kind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An etcd contact is whether a server hears of etcd; one line is logged when that changes. Confined
 * to the lock of its life.
 */
final class EtcdContact {

  private static final Logger log = LoggerFactory.getLogger(EtcdContact.class);

  private final LifeKeys keys;
  private State last = State.IN_TOUCH;

  private enum State {
    IN_TOUCH,
    /** It answers, and takes no writes that need space. */
    FULL,
    LOST
  }

  EtcdContact(LifeKeys keys) {
    this.keys = keys;
  }

  /** Everything was answered, and done. */
  void kept() {
    if (last != State.IN_TOUCH) {
      log.atInfo().log("this server is in touch with {} again", keys);
    }
    last = State.IN_TOUCH;
  }

  /** Something was not done; whether etcd answers all the same. */
  boolean failed(Exception why) {
    State now = why instanceof EtcdException e && e.kind() == Kind.FULL ? State.FULL : State.LOST;
    if (now != last) {
      switch (now) {
        case FULL ->
            log.atError()
                .log(
                    "{} has no space left: this server promises what it has announced, but it"
                        + " acknowledges no commit and announces no work, so no drain ends. Free"
                        + " space (etcdctl compact, defrag), then run etcdctl alarm disarm: {}",
                    keys,
                    why.getMessage());
        case LOST, IN_TOUCH ->
            log.atWarn()
                .log(
                    "this server has lost touch with {}; it promises nothing once its authority is"
                        + " over: {}",
                    keys,
                    why.getMessage());
      }
    }
    last = now;
    return now == State.FULL;
  }
}
