package io.datastored.client.internal.cache;

import io.datastored.client.Operation;
import io.datastored.client.Refusal;
import io.datastored.client.internal.loop.WireTimes;
import io.datastored.v1.Datastore;
import io.datastored.v1.ErrorReason;
import io.datastored.v1.Maintenance;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.Revision;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Local refusals are refusals made from memory, with the same text as those of the server.
 * Thread-safe: immutable except for the clock.
 */
final class LocalRefusals {

  /** The same as at the server: a client that retried sooner would be refused again. */
  private static final Duration LEAST_RETRY = Duration.ofSeconds(1);

  private static final String PREFIX = "MAINTENANCE_MODE_";

  private final InstantSource wallClock;

  LocalRefusals(InstantSource wallClock) {
    this.wallClock = wallClock;
  }

  /** The reason that a datastore refuses an operation, which it must. */
  Refusal of(Datastore datastore, Operation operation, Revision revision) {
    Map<String, String> metadata = new HashMap<>();
    metadata.put("generation", Long.toString(revision.getGeneration()));
    metadata.put("datastore", datastore.getName());
    return operation.refusedBy(datastore.getMaintenance().getMode())
        ? underMaintenance(datastore, operation, metadata)
        : notMounted(datastore, metadata);
  }

  private Refusal underMaintenance(
      Datastore datastore, Operation operation, Map<String, String> metadata) {
    Maintenance maintenance = datastore.getMaintenance();
    Optional<Instant> end =
        maintenance.hasExpectedEnd()
            ? Optional.of(WireTimes.instant(maintenance.getExpectedEnd()))
            : Optional.empty();
    metadata.put("operation", operation.name());
    metadata.put("mode", word(maintenance.getMode()));
    metadata.put("message", maintenance.getMessage());
    metadata.put(
        "since",
        maintenance.hasSince() ? WireTimes.instant(maintenance.getSince()).toString() : "");
    metadata.put("expected_end", end.map(Instant::toString).orElse(""));
    if (!maintenance.getAsWritten().isEmpty()) {
      metadata.put("as_written", maintenance.getAsWritten());
    }
    String message = maintenance.getMessage();
    return new Refusal(
        ErrorReason.ERROR_REASON_UNDER_MAINTENANCE,
        Status.Code.FAILED_PRECONDITION,
        (maintenance.getAsWritten().isEmpty()
                ? "datastore '%s' is in maintenance mode %s%s"
                : "datastore '%s' is closed: its maintenance mode '%s' cannot be read%s")
            .formatted(
                datastore.getName(),
                maintenance.getAsWritten().isEmpty()
                    ? word(maintenance.getMode()).toLowerCase(Locale.ROOT).replace('_', '-')
                    : maintenance.getAsWritten(),
                message.isEmpty() ? "" : ": " + message),
        metadata,
        end.map(this::retryAfter));
  }

  private static Refusal notMounted(Datastore datastore, Map<String, String> metadata) {
    metadata.put("device", datastore.getSettings().getBackingDevice());
    return new Refusal(
        ErrorReason.ERROR_REASON_NOT_MOUNTED,
        Status.Code.FAILED_PRECONDITION,
        "datastore '%s' is not mounted".formatted(datastore.getName()),
        metadata,
        Optional.empty());
  }

  /** A mode of a later version is treated and reported as OFFLINE. */
  private static String word(MaintenanceMode mode) {
    return mode == MaintenanceMode.UNRECOGNIZED
            || mode == MaintenanceMode.MAINTENANCE_MODE_UNSPECIFIED
        ? "OFFLINE"
        : mode.name().substring(PREFIX.length());
  }

  private Duration retryAfter(Instant expectedEnd) {
    Duration left = Duration.between(wallClock.instant(), expectedEnd);
    return left.compareTo(LEAST_RETRY) < 0 ? LEAST_RETRY : left;
  }
}
