package io.datastored.daemon;

import com.google.common.collect.ImmutableList;
import io.datastored.service.Services;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.grpc.services.AdminInterface;
import java.util.stream.Stream;

/** What every gRPC server is expected to have beside its own services. Stateless. */
final class Infrastructure {
  private Infrastructure() {}

  /**
   * The own services, health and reflection. Reflection knows what the contract imports, so that a
   * generic client can show a refusal's details.
   */
  @SuppressWarnings("deprecation") // v1alpha: what older tools still ask for
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

  /** Channelz: it shows the address of every client, so only processes of this host may ask. */
  static ImmutableList<ServerServiceDefinition> localOnly(Services services) {
    return AdminInterface.getStandardServices().stream()
        .map(services::readable)
        .collect(ImmutableList.toImmutableList());
  }
}
