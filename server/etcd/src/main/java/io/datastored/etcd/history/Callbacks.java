package io.datastored.etcd.history;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Callbacks are those who want to know of changes. Thread-safe. */
final class Callbacks {

  private static final Logger log = LoggerFactory.getLogger(Callbacks.class);

  private final List<Runnable> all = new CopyOnWriteArrayList<>();

  /** Adds one; the same callback may be added twice. */
  Runnable add(Runnable callback) {
    Runnable added = callback::run;
    all.add(added);
    return added;
  }

  /** Removes what {@link #add} returned. */
  void remove(Runnable added) {
    all.remove(added);
  }

  void clear() {
    all.clear();
  }

  /** Calls all of them: one that fails does not keep the others from being called. */
  void call() {
    for (Runnable one : all) {
      try {
        one.run();
      } catch (RuntimeException | Error e) {
        log.atError().setCause(e).log("a callback for changes in etcd failed");
      }
    }
  }
}
