package io.datastored.etcd.life;

import com.google.common.collect.ImmutableMap;
import io.datastored.config.DatastoreName;
import io.datastored.etcd.history.HeadComparison;
import io.datastored.file.StoreException;
import io.datastored.promise.LifeId;
import io.datastored.promise.Work;
import java.util.function.Predicate;

/**
 * A life listener is what must happen at the two ends of a life, and what its server counts. Its
 * two ends are called on one thread.
 */
public interface LifeListener {

  /**
   * What this server counts that modes refuse, by the modes that it serves now: only datastores on
   * which it counts something. Called on several threads, one after the other, while writes of this
   * life wait; must not block.
   *
   * @param detailed for which datastores something is to be named, too
   */
  ImmutableMap<DatastoreName, Work> work(Predicate<DatastoreName> detailed);

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

  /**
   * The history in etcd is not the one that is served: looks whether an operator has decided.
   * Called with each beat from then on; may block, for a bounded time.
   */
  void lost();

  /**
   * Begins to compare what is served with the head of its history, which a pulse is about to find.
   */
  HeadComparison.Begun compare();
}
