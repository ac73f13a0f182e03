package io.datastored.client.internal.transport;

import io.datastored.client.internal.loop.Loop;
import io.datastored.v1.SessionServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A connection health is the reason that a server channel has no connection. Confined to the loop.
 *
 * <p>The client's calls wait for a connection, so they do not report why there is none.
 */
public final class ConnectionHealth {

  private final Loop loop;
  private @Nullable ManagedChannel channel;
  private @Nullable Failure failure;
  private Runnable action = () -> {};
  private boolean everConnected;
  private boolean closed;

  ConnectionHealth(Loop loop) {
    this.loop = loop;
  }

  /** Sets the action that is run each time that a reason is found. */
  public void onFailure(Runnable told) {
    action = told;
  }

  /** Checks for a reason each time that the state of the channel changes. */
  void follow(ManagedChannel followed) {
    channel = followed;
    ConnectivityState state = followed.getState(false);
    if (state == ConnectivityState.READY) {
      failure = null;
      everConnected = true;
    }
    look();
    if (!closed) {
      followed.notifyWhenStateChanged(state, () -> loop.execute(() -> follow(followed)));
    }
  }

  /** Checks again: the reason may have changed. */
  void look() {
    ManagedChannel failing = channel;
    if (failing != null && failing.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      probe(failing.newCall(SessionServiceGrpc.getKeepAliveMethod(), CallOptions.DEFAULT));
    }
  }

  /**
   * Makes a call that does not wait, so it fails at once. If the channel has connected since,
   * nothing is sent.
   */
  private <Q, A> void probe(ClientCall<Q, A> call) {
    call.start(
        new ClientCall.Listener<A>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            if (status.getCode() == Status.Code.UNAVAILABLE) {
              loop.execute(() -> failed(Failure.of(status.asException(trailers))));
            }
          }
        },
        new Metadata());
    call.cancel("only a probe", null);
  }

  private void failed(Failure why) {
    if (!closed) {
      failure = why;
      action.run();
    }
  }

  /** The present reason; empty while there is a connection or no attempt has failed. */
  public Optional<Failure> failure() {
    return Optional.ofNullable(failure);
  }

  /**
   * The present reason, if retrying cannot help. An unknown host name is an error in the target,
   * unless the client was connected before: then it is a failure of the name server.
   */
  public Optional<Failure> permanentFailure() {
    return failure().filter(why -> why.isUntrusted() || (why.isUnresolved() && !everConnected));
  }

  /** Whether the channel was never connected. */
  public boolean neverConnected() {
    return !everConnected;
  }

  void close() {
    closed = true;
  }
}
