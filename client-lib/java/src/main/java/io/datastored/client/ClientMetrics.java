package io.datastored.client;

import io.datastored.v1.ErrorReason;
import java.time.Duration;

/**
 * Client metrics are a hook by which counts and times reach a metrics library. Thread-safe: called
 * from any thread, {@link #localHit} within the lookup itself, so it must be quick and must not
 * throw.
 */
public interface ClientMetrics {

  /** Records nothing. */
  ClientMetrics NONE = new ClientMetrics() {};

  /** A lookup was granted from memory. */
  default void localHit(Operation operation) {}

  /** A lookup was refused from memory. */
  default void localRefusal(Operation operation, ErrorReason reason) {}

  /**
   * A call to the server has ended.
   *
   * @param method name of the call, like {@code Lookup}
   * @param code name of the gRPC status, like {@code OK}
   * @param took from sending to the answer
   */
  default void serverCall(String method, String code, Duration took) {}

  /** The state has changed. */
  default void stateChange(StateChange change) {}

  /**
   * A frame was applied.
   *
   * @param frame what it changed
   * @param took from the arrival of its last part until lookups were answered from it
   */
  default void frameApplied(AppliedFrame frame, Duration took) {}

  /** A frame was dropped, because something at least as new was applied already. */
  default void frameDropped() {}

  /** The watch was opened, for the first time or again. */
  default void watchOpened() {}

  /** The server was asked to continue a lease, and did (or did not). */
  default void reclaim(ReclaimResult result) {}

  /** A lease was lost. */
  default void leaseLost(LossCause cause) {}

  /** What became of a lease that was to be continued. */
  enum ReclaimResult {
    /** It goes on. */
    CONTINUED,
    /** It has ended. */
    ENDED
  }
}
