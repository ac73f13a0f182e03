package io.datastored.client;

import io.datastored.v1.DrainResponse;
import java.time.Duration;

/** A drain listener follows a drain. Called by the thread that waits for its end. */
public interface DrainListener {

  /** It still waits. */
  void onProgress(DrainResponse now);

  /** The stream has broken, and the server is asked again. */
  default void onBroken(DatastoredException why, Duration nextAttemptIn) {}
}
