package io.datastored.cli;

import io.datastored.v1.WatchGenerationResponse;
import java.time.Duration;

/** A watch listener is told what a watch hears. Called by the watch's thread only. */
interface WatchListener {

  /** A whole frame. */
  void onFrame(WatchGenerationResponse frame);

  /** The stream has ended and will be opened again. */
  void onBroken(String why, Duration nextAttemptIn);

  boolean wantsMore();
}
