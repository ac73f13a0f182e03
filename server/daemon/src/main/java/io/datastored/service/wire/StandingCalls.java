package io.datastored.service.wire;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Standing calls are the open calls of services that can be ended from outside: streams that
 * otherwise only the client ends, and which neither a stop nor the end of an identity may wait for.
 * Thread-safe.
 */
public final class StandingCalls implements ServerInterceptor {
  private static final StatusRuntimeException STOPPING =
      Status.UNAVAILABLE.withDescription("the server is stopping").asRuntimeException();

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
        // To its handler, a call that was ended from outside is cancelled: it must let go of what
        // it holds for the call.
        if (standing.isEndedOutside()) {
          super.onCancel();
        } else {
          super.onComplete();
        }
      }
    };
  }

  /** Ends every open call with UNAVAILABLE, because the server stops. */
  public void end() {
    end(call -> Optional.of(STOPPING));
  }

  /** Ends every open call for which there is a reason. */
  void end(Function<ServerCall<?, ?>, Optional<? extends StatusRuntimeException>> reason) {
    open.forEach(call -> reason.apply(call).ifPresent(call::end));
  }

  /**
   * A standing call is a call that two threads may end. Thread-safe: guarded by itself; messages
   * after the end are dropped.
   */
  private static final class StandingCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private boolean closed;
    private volatile boolean endedOutside;

    StandingCall(ServerCall<Q, A> call) {
      super(call);
    }

    boolean isEndedOutside() {
      return endedOutside;
    }

    synchronized void end(StatusRuntimeException status) {
      if (!closed) {
        endedOutside = true;
        close(status.getStatus(), UncaughtExceptions.trailers(status));
      }
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
