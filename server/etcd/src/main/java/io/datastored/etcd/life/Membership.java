package io.datastored.etcd.life;

import io.datastored.etcd.client.Compare;
import io.datastored.promise.LifeId;

/**
 * A membership is the two keys of a life, by the revisions that created them. Immutable.
 *
 * @param record that of the record; it is never created a second time
 * @param presence that of the presence; another one after it was put back
 */
record Membership(LifeId life, long record, long presence) {

  /** The record is there: nobody has stopped waiting for this life. */
  Compare hasRecord(LifeKeys keys) {
    return Compare.createEquals(keys.record(life), record);
  }

  /** The presence is there, so nobody waits yet. */
  Compare hasPresence(LifeKeys keys) {
    return Compare.createEquals(keys.presence(life), presence);
  }
}
