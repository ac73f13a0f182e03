package io.datastored.client;

import io.datastored.v1.DrainResponse;
import java.time.Duration;

/**
 * A drain listener is notified of the progress of a drain, on the thread that waits for its end.
 */
public interface DrainListener {

  /** Called when the server reports that the drain still waits, and for what. */
  void onProgress(DrainResponse now);

  /** Called when the stream has broken. The server is asked again after the given time. */
  default void onBroken(DatastoredException why, Duration nextAttemptIn) {}
}
