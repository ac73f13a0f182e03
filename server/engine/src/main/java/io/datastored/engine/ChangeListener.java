package io.datastored.engine;

/**
 * A change listener is told of every swap of the snapshot, in order. Called by the thread that
 * committed or found the change, after the swap: whoever is told of a generation can no longer be
 * served an older one. It must return quickly and must not write through the engine.
 */
@FunctionalInterface
public interface ChangeListener {

  /** The snapshot is {@code change.after()} now. */
  void onChange(Change change);
}
