package io.datastored.client;

import io.datastored.v1.ErrorReason;
import java.time.Duration;

/**
 * Client metrics are a hook that exports counts and times to a metrics library. Implementations
 * must be thread-safe, return quickly and not throw: methods are called on any thread, {@link
 * #localHit} and {@link #localRefusal} within the lookup itself.
 */
public interface ClientMetrics {

  /** Metrics that record nothing. */
  ClientMetrics NONE = new ClientMetrics() {};

  /** Called when a lookup was granted from memory. */
  default void localHit(Operation operation) {}

  /** Called when a lookup was refused from memory. */
  default void localRefusal(Operation operation, ErrorReason reason) {}

  /**
   * Called when a unary call to the server has ended.
   *
   * @param method name of the method without its service, for example {@code Lookup}
   * @param code name of the gRPC status code, for example {@code OK}
   * @param took time from making the call until its end, including any wait for a connection
   */
  default void serverCall(String method, String code, Duration took) {}

  /** Called when the state has changed. */
  default void stateChange(StateChange change) {}

  /**
   * Called when a frame was applied.
   *
   * @param frame what the frame changed
   * @param took time from the arrival of its last part until lookups used it
   */
  default void frameApplied(AppliedFrame frame, Duration took) {}

  /** Called when a frame was dropped because a revision at least as new was already applied. */
  default void frameDropped() {}

  /** Called when the watch was opened, for the first time or again. */
  default void watchOpened() {}

  /** Called when the server has answered a request to continue a lease. */
  default void reclaim(ReclaimResult result) {}

  /** Called when a lease was lost. */
  default void leaseLost(LossCause cause) {}

  /** The outcome of a request to continue a lease. */
  enum ReclaimResult {
    /** The server continued the lease. */
    CONTINUED,
    /** The server did not continue the lease, so it is lost. */
    ENDED
  }
}
