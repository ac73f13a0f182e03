package io.datastored.etcd.life;

import io.datastored.file.StoreException;
import io.datastored.promise.LifeId;

/** A life listener is what must happen at the two ends of a life. Called on one thread. */
public interface LifeListener {

  /**
   * Loads what is served, after a life was registered: then no drain ends without it that it does
   * not know of.
   *
   * @param revision of etcd; what is loaded must be of that revision or a later one
   * @return what is served now
   * @throws StoreException when it cannot be loaded; it is tried again
   */
  Applied load(long revision) throws StoreException;

  /**
   * Drops every session and lease of a life that is over. Its authority has ended, and the next
   * life begins only after this has returned.
   */
  void over(LifeId life);
}
