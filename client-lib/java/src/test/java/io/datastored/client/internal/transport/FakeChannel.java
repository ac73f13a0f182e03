package io.datastored.client.internal.transport;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A fake channel is a channel whose state a test sets, and which records its calls. */
public final class FakeChannel extends ManagedChannel {

  /** A call that was made on the channel. */
  public static final class Made extends ClientCall<Object, Object> {
    private final List<ClientStreamTracer> tracers = new ArrayList<>();
    Listener<Object> listener;

    /** Runs when the call is cancelled, before that has any effect. */
    Runnable onCancel = () -> {};

    Made(CallOptions options) {
      for (ClientStreamTracer.Factory factory : options.getStreamTracerFactories()) {
        tracers.add(
            factory.newClientStreamTracer(
                ClientStreamTracer.StreamInfo.newBuilder().build(), new Metadata()));
      }
    }

    /** Simulates the assignment of the call to a transport. */
    void connected() {
      tracers.forEach(tracer -> tracer.streamCreated(Attributes.EMPTY, new Metadata()));
    }

    @Override
    public void start(Listener<Object> heard, Metadata headers) {
      listener = heard;
    }

    @Override
    public void request(int messages) {}

    @Override
    public void cancel(String message, Throwable cause) {
      onCancel.run();
      end(Status.CANCELLED);
    }

    @Override
    public void halfClose() {}

    @Override
    public void sendMessage(Object message) {}

    public void answer(Object message) {
      listener.onMessage(message);
      end(Status.OK);
    }

    public void end(Status status) {
      listener.onClose(status, new Metadata());
    }
  }

  public final List<Made> calls = new ArrayList<>();
  public ConnectivityState state = ConnectivityState.READY;
  public int idles;
  public int resets;
  public boolean shutdown;

  @Override
  @SuppressWarnings("unchecked") // The caller chooses the types.
  public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
    Made made = new Made(options);
    calls.add(made);
    return (ClientCall<Q, A>) made;
  }

  @Override
  public String authority() {
    return "fake";
  }

  @Override
  public ConnectivityState getState(boolean requestConnection) {
    return state;
  }

  @Override
  public void notifyWhenStateChanged(ConnectivityState source, Runnable callback) {}

  @Override
  public void enterIdle() {
    idles++;
  }

  @Override
  public void resetConnectBackoff() {
    resets++;
  }

  @Override
  public ManagedChannel shutdown() {
    return shutdownNow();
  }

  @Override
  public ManagedChannel shutdownNow() {
    shutdown = true;
    return this;
  }

  @Override
  public boolean isShutdown() {
    return shutdown;
  }

  @Override
  public boolean isTerminated() {
    return shutdown;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return shutdown;
  }
}
