package io.datastored.service.call;

import io.datastored.config.MaintenanceMode;
import io.datastored.engine.snapshot.Maintenance;
import io.datastored.promise.Replicas;
import io.datastored.service.wire.Caller;
import io.datastored.service.wire.ProtoSessions.Viewer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Applied modes are the modes that all servers of a history have applied. Thread-safe: immutable.
 *
 * @param timer ends waits
 */
public record AppliedModes(Replicas replicas, ScheduledExecutorService timer) {

  /**
   * How long the answer to a new mode waits for other servers. A commit reaches them within
   * milliseconds; one that is held up, or cut off, is named in the answer instead.
   */
  static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

  /**
   * Waits until no server grants anything more that a mode refuses, as far as the servers are
   * there. A mode that refuses nothing needs no wait.
   *
   * @return done then, or after {@link #LONGEST_WAIT}; does not fail
   */
  CompletableFuture<Void> everywhere(Maintenance maintenance) {
    if (maintenance.mode() == MaintenanceMode.NONE) {
      return CompletableFuture.allOf();
    }
    CompletableFuture<Void> applied = replicas.applied(maintenance.generation());
    if (!applied.isDone()) {
      Future<?> end =
          timer.schedule(
              () -> applied.complete(null), LONGEST_WAIT.toNanos(), TimeUnit.NANOSECONDS);
      CompletableFuture<Void> unused = applied.whenComplete((done, failure) -> end.cancel(false));
    }
    return applied;
  }

  /** How a caller is shown leases and sessions of this server. */
  Viewer viewer(Caller caller) {
    return new Viewer(caller.principal(), replicas.name());
  }
}
