package io.datastored.service.wire;

import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.WatchGenerationRequest;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import java.util.Map;

/**
 * The encoded methods are the most frequent calls of this server: the generated methods, but with
 * answers that are already bytes, so that parts shared by many answers are encoded once. Stateless.
 * Clients see no difference.
 */
public final class EncodedMethods {
  private static final MethodDescriptor<LookupRequest, EncodedMessage> LOOKUP =
      encoded(DatastoreServiceGrpc.getLookupMethod());
  private static final MethodDescriptor<WatchGenerationRequest, EncodedMessage> WATCH =
      encoded(DatastoreServiceGrpc.getWatchGenerationMethod());

  private EncodedMethods() {}

  /** The service with these two methods in place of the generated ones and an unchanged schema. */
  public static ServerServiceDefinition replaceIn(
      ServerServiceDefinition generated,
      ServerCalls.UnaryMethod<LookupRequest, EncodedMessage> lookup,
      ServerCalls.ServerStreamingMethod<WatchGenerationRequest, EncodedMessage> watch) {
    Map<String, ServerMethodDefinition<?, ?>> encoded =
        Map.of(
            LOOKUP.getFullMethodName(),
            ServerMethodDefinition.create(LOOKUP, ServerCalls.asyncUnaryCall(lookup)),
            WATCH.getFullMethodName(),
            ServerMethodDefinition.create(WATCH, ServerCalls.asyncServerStreamingCall(watch)));
    return ServiceMethods.replaced(
        generated,
        method -> encoded.getOrDefault(method.getMethodDescriptor().getFullMethodName(), method));
  }

  private static <Q> MethodDescriptor<Q, EncodedMessage> encoded(MethodDescriptor<Q, ?> generated) {
    return generated.toBuilder(generated.getRequestMarshaller(), new EncodedMessageMarshaller())
        .build();
  }
}
