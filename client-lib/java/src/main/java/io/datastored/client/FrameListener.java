package io.datastored.client;

import io.datastored.v1.WatchGenerationResponse;
import java.time.Duration;

/** A frame listener receives the frames of a watch, on the thread that watches. */
public interface FrameListener {

  /** Called for each complete frame; a frame that came in several messages is merged. */
  void onFrame(WatchGenerationResponse frame);

  /**
   * Called when the stream has broken. It is reopened after the given time and resumes after the
   * last complete frame.
   */
  default void onBroken(DatastoredException why, Duration nextAttemptIn) {}

  /** Whether the listener wants more frames; checked before each message. False ends the watch. */
  default boolean wantsMore() {
    return true;
  }
}
