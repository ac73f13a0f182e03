package io.datastored.service.wire;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Call counts count the calls that have ended, by method, code and reason. Thread-safe: independent
 * adders. An answered call pays for one look into a map and one addition; only of a refused one the
 * details are read. Methods, codes and reasons are those of the contract, so the counts are few.
 */
public final class CallCounts implements ServerInterceptor {

  /**
   * A kind is what calls are counted by. Immutable.
   *
   * @param method its name without the service
   * @param reason of the contract; empty if the call was answered, or ended without one
   */
  public record Kind(String method, Status.Code code, String reason) {}

  private final Map<String, LongAdder> answered = new ConcurrentHashMap<>();
  private final Map<Kind, LongAdder> others = new ConcurrentHashMap<>();

  /** A reader of counts. */
  @FunctionalInterface
  public interface Reader {
    void read(String method, String code, String reason, long count);
  }

  /** Shows every count that is not zero. */
  public void each(Reader reader) {
    answered.forEach(
        (method, count) -> reader.read(method, Status.Code.OK.name(), "", count.sum()));
    others.forEach(
        (kind, count) ->
            reader.read(kind.method(), kind.code().name(), kind.reason(), count.sum()));
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String method = String.valueOf(call.getMethodDescriptor().getBareMethodName());
    var counted = new CountedCall<>(call, method);
    return new SimpleForwardingServerCallListener<>(next.startCall(counted, headers)) {
      @Override
      public void onCancel() {
        counted.cancelled();
        super.onCancel();
      }
    };
  }

  /**
   * A counted call counts its end, once: it may be cancelled after it was answered. An answer and a
   * cancellation at the same moment may count twice, which is not worth an atomic field per call.
   */
  private final class CountedCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private final String method;
    private boolean over;

    CountedCall(ServerCall<Q, A> call, String method) {
      super(call);
      this.method = method;
    }

    @Override
    public void close(Status status, Metadata trailers) {
      over = true;
      ended(method, status, trailers);
      super.close(status, trailers);
    }

    void cancelled() {
      if (!over) {
        over = true;
        ended(method, Status.CANCELLED, new Metadata());
      }
    }
  }

  private void ended(String method, Status status, Metadata trailers) {
    if (status.isOk()) {
      LongAdder known = answered.get(method);
      (known == null ? answered.computeIfAbsent(method, unused -> new LongAdder()) : known)
          .increment();
    } else {
      others
          .computeIfAbsent(
              new Kind(method, status.getCode(), reason(status, trailers)),
              unused -> new LongAdder())
          .increment();
    }
  }

  private static String reason(Status status, Metadata trailers) {
    com.google.rpc.Status details = StatusProto.fromStatusAndTrailers(status, trailers);
    if (details == null) {
      return "";
    }
    for (Any detail : details.getDetailsList()) {
      if (detail.is(ErrorInfo.class)) {
        try {
          return detail.unpack(ErrorInfo.class).getReason();
        } catch (InvalidProtocolBufferException e) {
          return "";
        }
      }
    }
    return "";
  }
}
