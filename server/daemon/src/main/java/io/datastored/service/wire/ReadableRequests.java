package io.datastored.service.wire;

import com.google.protobuf.Message;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;
import java.util.function.Function;

/**
 * A readable request is one whose bytes parse as a message of its type; a call with other bytes is
 * refused like any other invalid request. Stateless. By default, gRPC would end such a call with
 * UNKNOWN and log a stack trace for each.
 */
public final class ReadableRequests {
  private ReadableRequests() {}

  /**
   * The service behind this check.
   *
   * @param refusal the answer to bytes that are not a message of the named type
   */
  public static ServerServiceDefinition onlyIn(
      ServerServiceDefinition service, Function<String, Refusal> refusal) {
    return ServiceMethods.replaced(service, method -> checked(method, refusal));
  }

  private static <Q, A> ServerMethodDefinition<Q, A> checked(
      ServerMethodDefinition<Q, A> method, Function<String, Refusal> refusal) {
    MethodDescriptor<Q, A> plain = method.getMethodDescriptor();
    var marshaller = new Marshaller<>((PrototypeMarshaller<Q>) plain.getRequestMarshaller());
    return ServerMethodDefinition.create(
        plain.toBuilder(marshaller, plain.getResponseMarshaller()).build(),
        (call, headers) ->
            listen(call, headers, method.getServerCallHandler(), marshaller, refusal));
  }

  private static <Q, A> ServerCall.Listener<Q> listen(
      ServerCall<Q, A> call,
      Metadata headers,
      ServerCallHandler<Q, A> handler,
      Marshaller<Q> marshaller,
      Function<String, Refusal> refusal) {
    return new SimpleForwardingServerCallListener<>(handler.startCall(call, headers)) {
      private boolean refused;

      @Override
      public void onMessage(Q request) {
        if (marshaller.isUnreadable(request)) {
          refused = true;
          Refusal answer = refusal.apply(marshaller.typeName());
          call.close(answer.getStatus(), UncaughtExceptions.trailers(answer));
        } else {
          super.onMessage(request);
        }
      }

      @Override
      public void onHalfClose() {
        if (!refused) {
          super.onHalfClose();
        }
      }
    };
  }

  /**
   * A marshaller that returns a sentinel, which no client can send, for bytes that do not parse.
   */
  private static final class Marshaller<Q> implements PrototypeMarshaller<Q> {
    private final PrototypeMarshaller<Q> plain;
    private final Q unreadable;

    @SuppressWarnings("unchecked") // a builder builds what it was made from
    Marshaller(PrototypeMarshaller<Q> plain) {
      this.plain = plain;
      this.unreadable = (Q) ((Message) plain.getMessagePrototype()).newBuilderForType().build();
    }

    boolean isUnreadable(Q request) {
      return request == unreadable;
    }

    String typeName() {
      return ((Message) unreadable).getDescriptorForType().getName();
    }

    @Override
    public Q getMessagePrototype() {
      return plain.getMessagePrototype();
    }

    @Override
    public Class<Q> getMessageClass() {
      return plain.getMessageClass();
    }

    @Override
    public InputStream stream(Q value) {
      return plain.stream(value);
    }

    @Override
    public Q parse(InputStream stream) {
      try {
        return plain.parse(stream);
      } catch (StatusRuntimeException e) {
        return unreadable;
      }
    }
  }
}
