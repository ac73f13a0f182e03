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
 * A refused exception is a negative answer, with the reason and metadata that {@code
 * error_reason.proto} documents. Immutable. A refusal from memory has the same reason and metadata
 * keys as one from the server.
 */
public final class RefusedException extends DatastoredException {
  private static final long serialVersionUID = 2;

  private static final String PREFIX = "ERROR_REASON_";

  private final ErrorReason reason;
  private final Status.Code code;
  private final HashMap<String, String> metadata;
  private final @Nullable Duration retryAfter;
  private final Origin origin;

  public RefusedException(Refusal refusal, Origin origin) {
    super(refusal.text());
    // Exceptions are serializable, so all fields must be; Optional is not.
    this.reason = refusal.reason();
    this.code = refusal.code();
    this.metadata = new HashMap<>(refusal.metadata());
    this.retryAfter = refusal.retryAfter().orElse(null);
    this.origin = origin;
  }

  /** The reason; {@code ERROR_REASON_UNSPECIFIED} if this client is too old to know it. */
  public ErrorReason reason() {
    return reason;
  }

  /** The gRPC status code of the refusal. */
  public Status.Code code() {
    return code;
  }

  /** The metadata, under the keys that {@code error_reason.proto} documents for the reason. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(metadata);
  }

  /** How long to wait before asking again, if that is known. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /** Whether the refusal came from memory or from the server. */
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
