package io.datastored.service.wire;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Uncaught exceptions end the call of a handler that throws, including an Error. Thread-safe. A
 * {@link StatusRuntimeException} is an answer and is sent as it is. Anything else is a bug: the
 * client gets INTERNAL and an id, the log gets the id and the stack trace, and nothing of the trace
 * is sent.
 */
public final class UncaughtExceptions implements ServerInterceptor {
  private static final Logger log = LoggerFactory.getLogger(UncaughtExceptions.class);

  private final LongSupplier ids;

  /**
   * @param ids random numbers, so that an id is unique in the logs of many servers
   */
  public UncaughtExceptions(LongSupplier ids) {
    this.ids = ids;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
      @Override
      public void onHalfClose() {
        try {
          super.onHalfClose();
        } catch (Throwable e) {
          StatusRuntimeException status = status(e);
          call.close(status.getStatus(), trailers(status));
        }
      }
    };
  }

  /** Ends a call whose handler threw this. */
  public void end(StreamObserver<?> call, Throwable thrown) {
    StatusRuntimeException status = status(thrown);
    try {
      call.onError(status);
    } catch (RuntimeException e) {
      log.atDebug().setCause(e).log("a failed call had already ended");
    }
  }

  /** The status for a call whose handler threw this. */
  StatusRuntimeException status(Throwable thrown) {
    if (thrown instanceof StatusRuntimeException answer) {
      return answer;
    }
    String id = "%016x".formatted(ids.getAsLong());
    log.atError()
        .addKeyValue("id", id)
        .setCause(thrown)
        .log("a call failed with an internal error");
    return Status.INTERNAL
        .withDescription("internal error; see the server's log for id " + id)
        .asRuntimeException();
  }

  /** The trailers with the details of the status. */
  static Metadata trailers(StatusRuntimeException status) {
    Metadata trailers = status.getTrailers();
    return trailers == null ? new Metadata() : trailers;
  }
}
