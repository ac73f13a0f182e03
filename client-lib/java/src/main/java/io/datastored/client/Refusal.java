package io.datastored.client;

import io.datastored.v1.ErrorReason;
import io.grpc.Status;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A refusal is the content of a negative answer. Immutable.
 *
 * @param reason reason of the refusal
 * @param code gRPC status code of the reason
 * @param text one sentence for people
 * @param metadata metadata of the reason
 * @param retryAfter delay before asking again, if known
 */
public record Refusal(
    ErrorReason reason,
    Status.Code code,
    String text,
    Map<String, String> metadata,
    Optional<Duration> retryAfter) {

  public Refusal {
    metadata = Map.copyOf(metadata);
  }
}
