package io.datastored.client;

import io.datastored.v1.ErrorReason;
import io.grpc.Status;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A refusal is the answer no, with the reason and facts that the contract names. Immutable. A
 * refusal made from memory has the same reason and metadata keys as one of the server.
 */
public final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Refusal refusal;
  private final Origin origin;

  RefusedException(Refusal refusal, Origin origin) {
    super(refusal.text());
    this.refusal = refusal;
    this.origin = origin;
  }

  /** Why; {@code UNSPECIFIED} when the server has a newer word than this client. */
  public ErrorReason reason() {
    return refusal.reason();
  }

  /** The gRPC status code that goes with the reason. */
  public Status.Code code() {
    return refusal.code();
  }

  /** The facts, under the keys that the contract names for the reason. */
  public Map<String, String> metadata() {
    return refusal.metadata();
  }

  /** When it makes sense to ask again, if the server knows. */
  public Optional<Duration> retryAfter() {
    return refusal.retryAfter();
  }

  /** Whether it was made from memory or by the server. */
  public Origin origin() {
    return origin;
  }

  Refusal refusal() {
    return refusal;
  }
}
