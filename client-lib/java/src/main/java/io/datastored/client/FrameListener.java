package io.datastored.client;

import io.datastored.v1.WatchGenerationResponse;
import java.time.Duration;

/** A frame listener follows the changes of a server. Called by the thread that watches. */
public interface FrameListener {

  /** A whole frame: the parts of one that came in several messages are merged. */
  void onFrame(WatchGenerationResponse frame);

  /** The stream has broken and is opened again, from the last whole frame on. */
  default void onBroken(DatastoredException why, Duration nextAttemptIn) {}

  /** Whether it wants more; asked before each frame. */
  default boolean wantsMore() {
    return true;
  }
}
