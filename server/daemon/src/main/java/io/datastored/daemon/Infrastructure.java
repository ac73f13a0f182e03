package io.datastored.daemon;

import com.google.common.collect.ImmutableList;
import io.datastored.service.Services;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.grpc.services.AdminInterface;
import java.util.stream.Stream;

/** Infrastructure is the standard gRPC services beside the server's own. Stateless. */
final class Infrastructure {
  private Infrastructure() {}

  /**
   * The server's own services, health and reflection. Reflection includes the imports of the
   * contract, so that a generic client can decode a refusal's details.
   */
  @SuppressWarnings("deprecation") // v1alpha: for older tools
  static ImmutableList<ServerServiceDefinition> everywhere(Services services, Health health) {
    return ImmutableList.<ServerServiceDefinition>builder()
        .addAll(services.all())
        .addAll(
            Stream.<BindableService>of(
                    health.service(),
                    ProtoReflectionServiceV1.newInstance(),
                    ProtoReflectionService.newInstance())
                .map(BindableService::bindService)
                .map(services::forEverybody)
                .toList())
        .build();
  }

  /** Channelz, for admins on this host only, because it shows the address of every client. */
  static ImmutableList<ServerServiceDefinition> localOnly(Services services) {
    return AdminInterface.getStandardServices().stream()
        .map(services::forAdmins)
        .collect(ImmutableList.toImmutableList());
  }
}
