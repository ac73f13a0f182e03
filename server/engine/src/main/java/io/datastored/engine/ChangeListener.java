package io.datastored.engine;

import io.datastored.engine.snapshot.Change;

/**
 * A change listener is told of every swap of the snapshot, in order, by one thread that does
 * nothing else and after the swap: whoever is told of a generation can no longer be served an older
 * one. The write that made it may have returned before. It should return quickly: others are told
 * after it.
 */
@FunctionalInterface
public interface ChangeListener {

  /** The snapshot is {@code change.after()} now. */
  void onChange(Change change);
}
