package io.datastored.daemon;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.util.List;

/**
 * Health is what load balancers and service managers see. Overall and per service, it is SERVING
 * from when calls can be answered until the server begins to stop, except while a periodic task
 * hangs. Thread-safe.
 *
 * <p>One more name, {@value #RECOVERY}, is NOT_SERVING until recovery has finished: all leases
 * granted before the restart have expired or were continued. Overall the server is SERVING then,
 * because new lookups are served; only drains wait.
 *
 * <p>Another name, {@value #AUTHORITY}, is NOT_SERVING while nothing is promised: a server on etcd
 * that has not heard from it for too long answers LOOKUP, and refuses READ and WRITE. Overall it is
 * SERVING then, unless its history is no longer the one in etcd: that does not heal by itself.
 */
final class Health {
  static final String RECOVERY = "recovery";
  static final String AUTHORITY = "authority";

  private final HealthStatusManager manager = new HealthStatusManager();
  private final List<ServerServiceDefinition> services;

  @GuardedBy("this")
  private boolean serving;

  @GuardedBy("this")
  private boolean allTasksRun = true;

  @GuardedBy("this")
  private boolean inLine = true;

  @GuardedBy("this")
  private boolean over;

  Health(List<ServerServiceDefinition> services) {
    this.services = services;
    tell(ServingStatus.NOT_SERVING);
    manager.setStatus(RECOVERY, ServingStatus.NOT_SERVING);
    manager.setStatus(AUTHORITY, ServingStatus.NOT_SERVING);
  }

  BindableService service() {
    return manager.getHealthService();
  }

  synchronized void serving() {
    serving = true;
    tell();
  }

  /** Whether all tasks run that the server's promises depend on, above all lease time. */
  synchronized void allTasksRun(boolean run) {
    allTasksRun = run;
    tell();
  }

  /** Whether the history that is served is the one of all servers. */
  synchronized void inLine(boolean same) {
    inLine = same;
    tell();
  }

  /** Whether anything is promised. */
  void authority(boolean holds) {
    manager.setStatus(AUTHORITY, holds ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
  }

  /** Recovery has finished. */
  void recovered() {
    manager.setStatus(RECOVERY, ServingStatus.SERVING);
  }

  /** Sets NOT_SERVING permanently. Idempotent. */
  synchronized void notServing() {
    if (!over) {
      over = true;
      manager.enterTerminalState();
    }
  }

  @GuardedBy("this")
  private void tell() {
    tell(serving && allTasksRun && inLine ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
  }

  private void tell(ServingStatus status) {
    manager.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
    services.forEach(
        service -> manager.setStatus(service.getServiceDescriptor().getName(), status));
  }
}
