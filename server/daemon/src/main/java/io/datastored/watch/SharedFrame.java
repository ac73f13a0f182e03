package io.datastored.watch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A shared frame is a frame with its wire form, which is encoded once for all watchers that get it.
 * Thread-safe: the parts are encoded under its lock, one at a time.
 */
public final class SharedFrame {
  private final Frame frame;
  private final long touches;

  @GuardedBy("this")
  private final Iterator<byte[]> rest;

  @GuardedBy("this")
  private final List<byte[]> parts = new ArrayList<>(1);

  /** The part of a single-part frame, which is nearly every frame: read without the lock. */
  private volatile byte @Nullable [] only;

  SharedFrame(Frame frame, long touches, FrameEncoder encoder) {
    this.frame = frame;
    this.touches = touches;
    this.rest = encoder.encode(frame);
  }

  /** The frame. */
  public Frame frame() {
    return frame;
  }

  /** The group's touches up to the frame's revision. */
  long touches() {
    return touches;
  }

  /** The part with this index, from 0; empty after the last one. */
  public Optional<byte[]> part(int index) {
    byte[] alone = only;
    if (alone != null) {
      return index == 0 ? Optional.of(alone) : Optional.empty();
    }
    return encoded(index);
  }

  private synchronized Optional<byte[]> encoded(int index) {
    while (parts.size() <= index && rest.hasNext()) {
      parts.add(rest.next());
    }
    if (parts.size() == 1 && !rest.hasNext()) {
      only = parts.get(0);
    }
    return index < parts.size() ? Optional.of(parts.get(index)) : Optional.empty();
  }

  @Override
  public String toString() {
    return "SharedFrame[" + frame.revision() + "]";
  }
}
