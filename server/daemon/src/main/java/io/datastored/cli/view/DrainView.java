package io.datastored.cli.view;

import io.datastored.v1.DrainResponse;
import java.time.Duration;

/** A drain view shows the progress of a drain. Confined to the drain's thread. */
public interface DrainView {

  /** The drain is still waiting. */
  void waiting(DrainResponse now);

  /** The drain has ended. */
  void ended(DrainResponse last);

  /** The connection is broken, and the request will be repeated. */
  void broken(String why, Duration nextAttemptIn);
}
