package io.datastored.engine;

import io.datastored.engine.snapshot.Change;

/**
 * A change listener is notified of every swap of the snapshot, in order, by one dedicated thread.
 * It is notified after the swap, so a listener that knows a generation is never served an older
 * one. The write that caused the change may have returned earlier. A listener should return
 * quickly: the other listeners wait for it.
 */
@FunctionalInterface
public interface ChangeListener {

  /** Called when {@code change.after()} has become the current snapshot. */
  void onChange(Change change);
}
