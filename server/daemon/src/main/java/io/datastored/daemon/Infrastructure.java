package io.datastored.daemon;

import com.google.common.collect.ImmutableList;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.grpc.services.AdminInterface;
import java.util.List;

/** What every gRPC server is expected to have beside its own services. Stateless. */
final class Infrastructure {
  private Infrastructure() {}

  /**
   * The own services, health and reflection. Reflection knows what the contract imports, so that a
   * generic client can show a refusal's details.
   */
  @SuppressWarnings("deprecation") // v1alpha: what older tools still ask for
  static ImmutableList<ServerServiceDefinition> everywhere(
      List<ServerServiceDefinition> services, Health health, StandingCalls standing) {
    return ImmutableList.<ServerServiceDefinition>builder()
        .addAll(services)
        .add(ServerInterceptors.intercept(health.service(), standing))
        .add(ServerInterceptors.intercept(ProtoReflectionServiceV1.newInstance(), standing))
        .add(ServerInterceptors.intercept(ProtoReflectionService.newInstance(), standing))
        .build();
  }

  /** Channelz: it shows the address of every client, so only processes of this host may ask. */
  static ImmutableList<ServerServiceDefinition> localOnly() {
    return ImmutableList.copyOf(AdminInterface.getStandardServices());
  }
}
