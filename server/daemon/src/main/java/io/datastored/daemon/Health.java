package io.datastored.daemon;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.util.List;

/**
 * Health is what load balancers and service managers are told: SERVING, overall and per service,
 * from the moment when calls can be answered until the server begins to stop. Thread-safe.
 *
 * <p>One more name, {@value #RECOVERY}, is NOT_SERVING until no lease of before the restart can be
 * in use any more. Overall the server is SERVING then, because new lookups are served; only drains
 * wait.
 */
final class Health {
  static final String RECOVERY = "recovery";

  private final HealthStatusManager manager = new HealthStatusManager();

  Health(List<ServerServiceDefinition> services) {
    manager.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.NOT_SERVING);
    services.forEach(service -> set(service, ServingStatus.NOT_SERVING));
    manager.setStatus(RECOVERY, ServingStatus.NOT_SERVING);
  }

  BindableService service() {
    return manager.getHealthService();
  }

  void serving(List<ServerServiceDefinition> services) {
    services.forEach(service -> set(service, ServingStatus.SERVING));
    manager.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.SERVING);
  }

  /** No lease of before the restart can be in use any more. */
  void recovered() {
    manager.setStatus(RECOVERY, ServingStatus.SERVING);
  }

  /** For good. */
  void notServing() {
    manager.enterTerminalState();
  }

  private void set(ServerServiceDefinition service, ServingStatus status) {
    manager.setStatus(service.getServiceDescriptor().getName(), status);
  }
}
