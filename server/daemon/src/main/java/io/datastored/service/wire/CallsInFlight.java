package io.datastored.service.wire;

import io.datastored.access.Access;
import io.datastored.access.Principal;
import io.datastored.access.Shares;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/**
 * The calls in flight are the calls whose request has begun and whose answer is not with the client
 * yet. Thread-safe. They are limited: also a request that never becomes complete, or an answer that
 * is never read, takes up memory.
 *
 * <p>A watch or a drain is in flight until its request is complete. From then on it has a place
 * among the watches or drains, which is taken before this one is given back.
 */
public final class CallsInFlight implements ServerInterceptor {
  private final Shares places;
  private final Access access;
  private final Refusals refusals;

  public CallsInFlight(Shares places, Access access, Refusals refusals) {
    this.places = places;
    this.access = access;
    this.refusals = refusals;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Caller caller = Caller.of(call.getAttributes(), access);
    Principal by = caller.principal();
    if (!places.tryTake(caller.subject())) {
      Refusal refusal = refusals.busy(places.reached(by));
      call.close(refusal.getStatus(), UncaughtExceptions.trailers(refusal));
      return new ServerCall.Listener<>() {};
    }
    boolean isStream = !call.getMethodDescriptor().getType().serverSendsOneMessage();
    boolean begun = false;
    try {
      var counted = new Counted<>(next.startCall(call, headers), by, isStream);
      begun = true;
      return counted;
    } finally {
      if (!begun) {
        places.giveBack(by);
      }
    }
  }

  /** A call that has a place. Confined to its callbacks: gRPC runs one at a time. */
  private final class Counted<Q> extends SimpleForwardingServerCallListener<Q> {
    private final Principal by;
    private final boolean isStream;
    private boolean counted = true;

    Counted(ServerCall.Listener<Q> call, Principal by, boolean isStream) {
      super(call);
      this.by = by;
      this.isStream = isStream;
    }

    @Override
    public void onHalfClose() {
      try {
        super.onHalfClose();
      } finally {
        if (isStream) {
          giveBack();
        }
      }
    }

    @Override
    public void onCancel() {
      giveBack();
      super.onCancel();
    }

    @Override
    public void onComplete() {
      giveBack();
      super.onComplete();
    }

    private void giveBack() {
      if (counted) {
        counted = false;
        places.giveBack(by);
      }
    }
  }
}
