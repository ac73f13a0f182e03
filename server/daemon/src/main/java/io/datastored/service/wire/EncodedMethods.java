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
 * The encoded methods are the calls that are made most, as this server speaks them: the generated
 * ones with answers that are bytes already, so that what is the same in many answers is encoded
 * once. Stateless. A client cannot tell.
 */
public final class EncodedMethods {
  private static final MethodDescriptor<LookupRequest, EncodedMessage> LOOKUP =
      encoded(DatastoreServiceGrpc.getLookupMethod());
  private static final MethodDescriptor<WatchGenerationRequest, EncodedMessage> WATCH =
      encoded(DatastoreServiceGrpc.getWatchGenerationMethod());

  private EncodedMethods() {}

  /** The same service with these two in place of the generated ones; its schema stays. */
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
