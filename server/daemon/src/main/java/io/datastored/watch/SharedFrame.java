package io.datastored.watch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * A shared frame is a frame with its wire form, which is encoded once for all watchers that are
 * sent it. Thread-safe: the parts are encoded under its lock, one at a time.
 */
public final class SharedFrame {
  private final Frame frame;
  private final long touches;

  @GuardedBy("this")
  private final Iterator<WirePart> rest;

  @GuardedBy("this")
  private final List<WirePart> parts = new ArrayList<>(1);

  SharedFrame(Frame frame, long touches, FrameEncoder encoder) {
    this.frame = frame;
    this.touches = touches;
    this.rest = encoder.encode(frame);
  }

  /** What it says. */
  public Frame frame() {
    return frame;
  }

  /** The group's touches up to the frame's revision. */
  long touches() {
    return touches;
  }

  /** The part of this index, from 0; empty behind the last one. */
  public synchronized Optional<WirePart> part(int index) {
    while (parts.size() <= index && rest.hasNext()) {
      parts.add(rest.next());
    }
    return index < parts.size() ? Optional.of(parts.get(index)) : Optional.empty();
  }

  @Override
  public String toString() {
    return "SharedFrame[" + frame.revision() + "]";
  }
}
