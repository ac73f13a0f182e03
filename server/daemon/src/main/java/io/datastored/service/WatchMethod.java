package io.datastored.service;

import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.WatchGenerationRequest;
import io.datastored.watch.WirePart;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ServerCalls;

/**
 * The watch method is WatchGeneration as this server speaks it: the generated call with answers
 * that are encoded already, so that one frame is serialised once for all its watchers. Immutable.
 */
final class WatchMethod {
  private static final MethodDescriptor<WatchGenerationRequest, WirePart> DESCRIPTOR =
      DatastoreServiceGrpc.getWatchGenerationMethod().toBuilder(
              DatastoreServiceGrpc.getWatchGenerationMethod().getRequestMarshaller(),
              new WirePartMarshaller())
          .build();

  private WatchMethod() {}

  /** The same service with this watch in place of the generated one; its schema stays. */
  static ServerServiceDefinition replaceIn(
      ServerServiceDefinition generated,
      ServerCalls.ServerStreamingMethod<WatchGenerationRequest, WirePart> watch) {
    ServiceDescriptor schema = generated.getServiceDescriptor();
    ServiceDescriptor.Builder descriptor =
        ServiceDescriptor.newBuilder(schema.getName())
            .setSchemaDescriptor(schema.getSchemaDescriptor());
    for (MethodDescriptor<?, ?> method : schema.getMethods()) {
      descriptor.addMethod(isWatch(method) ? DESCRIPTOR : method);
    }
    ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(descriptor.build());
    for (ServerMethodDefinition<?, ?> method : generated.getMethods()) {
      if (isWatch(method.getMethodDescriptor())) {
        service.addMethod(DESCRIPTOR, ServerCalls.asyncServerStreamingCall(watch));
      } else {
        service.addMethod(method);
      }
    }
    return service.build();
  }

  private static boolean isWatch(MethodDescriptor<?, ?> method) {
    return method.getFullMethodName().equals(DESCRIPTOR.getFullMethodName());
  }
}
