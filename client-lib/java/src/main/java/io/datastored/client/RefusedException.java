package io.datastored.client;

import io.datastored.v1.ErrorReason;
import io.grpc.Status;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A refusal is the answer no, with the reason and facts that the contract names. Immutable. A
 * refusal made from memory has the same reason and metadata keys as one of the server.
 */
public final class RefusedException extends DatastoredException {
  private static final long serialVersionUID = 2;

  private static final String PREFIX = "ERROR_REASON_";

  private final ErrorReason reason;
  private final Status.Code code;
  private final HashMap<String, String> metadata;
  private final @Nullable Duration retryAfter;
  private final Origin origin;

  RefusedException(Refusal refusal, Origin origin) {
    super(refusal.text());
    // Values that can be serialized, as exceptions are: an Optional cannot.
    this.reason = refusal.reason();
    this.code = refusal.code();
    this.metadata = new HashMap<>(refusal.metadata());
    this.retryAfter = refusal.retryAfter().orElse(null);
    this.origin = origin;
  }

  /** Why; {@code UNSPECIFIED} when the server has a newer word than this client. */
  public ErrorReason reason() {
    return reason;
  }

  /** The gRPC status code that goes with the reason. */
  public Status.Code code() {
    return code;
  }

  /** The facts, under the keys that the contract names for the reason. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(metadata);
  }

  /** When it makes sense to ask again, if the server knows. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /** Whether it was made from memory or by the server. */
  public Origin origin() {
    return origin;
  }

  @Override
  public String toString() {
    String word = reason.name();
    return "%s: %s (%s): %s"
        .formatted(
            getClass().getName(),
            word.startsWith(PREFIX) ? word.substring(PREFIX.length()) : word,
            code,
            getMessage());
  }
}
