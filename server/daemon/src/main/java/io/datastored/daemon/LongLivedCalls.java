package io.datastored.daemon;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Long-lived calls are the streams of gRPC's own services (health watches, reflection) that only
 * the client ends. Thread-safe. A stopping server ends them itself: otherwise it would wait for
 * them for its whole grace.
 */
final class LongLivedCalls implements ServerInterceptor {
  private final Set<StandingCall<?, ?>> open = ConcurrentHashMap.newKeySet();

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    var standing = new StandingCall<>(call);
    open.add(standing);
    return new SimpleForwardingServerCallListener<>(next.startCall(standing, headers)) {
      @Override
      public void onCancel() {
        open.remove(standing);
        super.onCancel();
      }

      @Override
      public void onComplete() {
        open.remove(standing);
        super.onComplete();
      }
    };
  }

  /** Ends every open call with UNAVAILABLE. */
  void end() {
    open.forEach(
        call ->
            call.close(
                Status.UNAVAILABLE.withDescription("the server is stopping"), new Metadata()));
  }

  /**
   * A standing call is a call that two threads may end. Thread-safe: guarded by itself; messages
   * after the end are dropped.
   */
  private static final class StandingCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private boolean closed;

    StandingCall(ServerCall<Q, A> call) {
      super(call);
    }

    @Override
    public synchronized void sendMessage(A message) {
      if (!closed) {
        super.sendMessage(message);
      }
    }

    @Override
    public synchronized void sendHeaders(Metadata headers) {
      if (!closed) {
        super.sendHeaders(headers);
      }
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
      if (!closed) {
        closed = true;
        super.close(status, trailers);
      }
    }
  }
}
