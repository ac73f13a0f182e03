package io.datastored.service.wire;

import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import java.util.function.UnaryOperator;

/** Service methods replace the methods of a service. Stateless. */
final class ServiceMethods {
  private ServiceMethods() {}

  /**
   * The service with each method replaced by a function of the original one, and an unchanged
   * schema.
   */
  static ServerServiceDefinition replaced(
      ServerServiceDefinition service, UnaryOperator<ServerMethodDefinition<?, ?>> replacement) {
    ServiceDescriptor schema = service.getServiceDescriptor();
    var methods =
        service.getMethods().stream()
            .<ServerMethodDefinition<?, ?>>map(replacement::apply)
            .toList();
    var descriptor =
        ServiceDescriptor.newBuilder(schema.getName())
            .setSchemaDescriptor(schema.getSchemaDescriptor());
    methods.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
    var result = ServerServiceDefinition.builder(descriptor.build());
    methods.forEach(result::addMethod);
    return result.build();
  }
}
