package io.datastored.cli.view;

import io.datastored.v1.DrainResponse;
import java.time.Duration;

/** A drain view shows somebody how a drain gets on. Confined to the drain's thread. */
public interface DrainView {

  /** It still waits. */
  void waiting(DrainResponse now);

  /** It waits no more. */
  void ended(DrainResponse last);

  /** The server is away for a moment, and is asked again. */
  void broken(String why, Duration nextAttemptIn);
}
