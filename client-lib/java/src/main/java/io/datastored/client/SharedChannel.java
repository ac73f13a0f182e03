package io.datastored.client;

import io.datastored.client.SharedConnections.SharedConnection;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors.CheckedForwardingClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A shared channel is one of several channels on one connection. Thread-safe: guarded by its own
 * lock. Shutting it down ends only its own calls.
 */
final class SharedChannel extends ManagedChannel {

  private final SharedConnection connection;
  private final BooleanSupplier leave;

  /** The calls that have started and not ended. Guarded by this. */
  private final Set<ClientCall<?, ?>> calls = new HashSet<>();

  private final CountDownLatch ended = new CountDownLatch(1);
  private boolean shutdown;

  /** Whether this channel has left the connection, and whether that closed the connection. */
  private boolean left;

  private boolean last;

  /**
   * @param leave leaves the connection; true if that closed it
   */
  SharedChannel(SharedConnection connection, BooleanSupplier leave) {
    this.connection = connection;
    this.leave = leave;
  }

  @Override
  public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
    return new Own<>(connection.channel.newCall(method, options));
  }

  @Override
  public String authority() {
    return connection.channel.authority();
  }

  @Override
  public ManagedChannel shutdown() {
    List<ClientCall<?, ?>> unused = end();
    return this;
  }

  @Override
  public ManagedChannel shutdownNow() {
    for (ClientCall<?, ?> call : end()) {
      call.cancel("the channel is shut down", null);
    }
    return this;
  }

  private List<ClientCall<?, ?>> end() {
    synchronized (this) {
      if (shutdown) {
        return List.copyOf(calls);
      }
      shutdown = true;
    }
    // Outside the lock: closing the connection ends calls, and each of them takes this lock.
    boolean endedIt = leave.getAsBoolean();
    synchronized (this) {
      left = true;
      last = endedIt;
      endIfIdle();
      return List.copyOf(calls);
    }
  }

  @Override
  public synchronized boolean isShutdown() {
    return shutdown;
  }

  @Override
  public synchronized boolean isTerminated() {
    return left && calls.isEmpty() && (!last || connection.channel.isTerminated());
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    if (!ended.await(timeout, unit)) {
      return false;
    }
    // Rarely waits: the calls have ended with the connection.
    return isTerminated() || connection.channel.awaitTermination(timeout, unit);
  }

  @Override
  public ConnectivityState getState(boolean requestConnection) {
    return isShutdown()
        ? ConnectivityState.SHUTDOWN
        : connection.channel.getState(requestConnection);
  }

  @Override
  public void notifyWhenStateChanged(ConnectivityState source, Runnable callback) {
    connection.channel.notifyWhenStateChanged(source, callback);
  }

  @Override
  public void resetConnectBackoff() {
    connection.nudge();
  }

  @Override
  public void enterIdle() {
    connection.renew();
  }

  private synchronized boolean begins(ClientCall<?, ?> call) {
    return !shutdown && calls.add(call);
  }

  private synchronized void ends(ClientCall<?, ?> call) {
    calls.remove(call);
    endIfIdle();
  }

  private synchronized void endIfIdle() {
    if (left && calls.isEmpty()) {
      ended.countDown();
    }
  }

  private final class Own<Q, A> extends CheckedForwardingClientCall<Q, A> {

    Own(ClientCall<Q, A> call) {
      super(call);
    }

    @Override
    protected void checkedStart(Listener<A> listener, Metadata headers) throws StatusException {
      if (!begins(this)) {
        throw Status.UNAVAILABLE.withDescription("the channel is shut down").asException();
      }
      delegate().start(new Heard<>(this, listener), headers);
    }
  }

  private final class Heard<A> extends SimpleForwardingClientCallListener<A> {
    private final ClientCall<?, ?> call;

    Heard(ClientCall<?, ?> call, ClientCall.Listener<A> listener) {
      super(listener);
      this.call = call;
    }

    @Override
    public void onMessage(A message) {
      connection.heard();
      super.onMessage(message);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      ends(call);
      super.onClose(status, trailers);
    }
  }
}
