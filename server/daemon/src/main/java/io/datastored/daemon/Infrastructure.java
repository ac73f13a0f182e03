package io.datastored.daemon;

import com.google.common.collect.ImmutableList;
import io.datastored.service.Services;
import io.grpc.ServerInterceptors;
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
  static ImmutableList<ServerServiceDefinition> everywhere(
      Services services, Health health, LongLivedCalls standing) {
    return ImmutableList.<ServerServiceDefinition>builder()
        .addAll(services.all())
        .addAll(
            Stream.of(
                    health.service(),
                    ProtoReflectionServiceV1.newInstance(),
                    ProtoReflectionService.newInstance())
                .map(service -> ServerInterceptors.intercept(service, standing))
                .map(services::readable)
                .toList())
        .build();
  }

  /** Channelz, only for processes of this host, because it shows the address of every client. */
  static ImmutableList<ServerServiceDefinition> localOnly(Services services) {
    return AdminInterface.getStandardServices().stream()
        .map(services::readable)
        .collect(ImmutableList.toImmutableList());
  }
}
