package io.datastored.client;

import io.datastored.v1.ErrorReason;
import io.grpc.Status;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A refusal is the content of an answer that is no. Immutable.
 *
 * @param reason why
 * @param code the status code that goes with it
 * @param text one sentence for people
 * @param metadata the facts
 * @param retryAfter when to ask again, if that is known
 */
record Refusal(
    ErrorReason reason,
    Status.Code code,
    String text,
    Map<String, String> metadata,
    Optional<Duration> retryAfter) {

  Refusal {
    metadata = Map.copyOf(metadata);
  }
}
