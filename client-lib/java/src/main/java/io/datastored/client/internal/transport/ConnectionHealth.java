package io.datastored.client.internal.transport;

import io.datastored.client.internal.loop.Loop;
import io.datastored.v1.SessionServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A connection health is the reason that a server channel has no connection. Confined to the loop.
 *
 * <p>The client's calls wait for a connection, so they do not report why there is none.
 */
public final class ConnectionHealth {

  private final Loop loop;
  private final Targets targets;
  private @Nullable ManagedChannel channel;
  private @Nullable Failure failure;
  private final List<Runnable> actions = new ArrayList<>();
  private boolean everConnected;
  private boolean closed;

  ConnectionHealth(Loop loop, Targets targets) {
    this.loop = loop;
    this.targets = targets;
  }

  /** Adds an action that is run each time that a reason is found. */
  public void onFailure(Runnable told) {
    actions.add(told);
  }

  /** Checks for a reason each time that the state of the channel changes, until it is left. */
  void begin(ManagedChannel followed) {
    channel = followed;
    failure = null;
    everConnected = false;
    follow(followed);
  }

  /** Forgets the channel, because calls go to another server from now on. */
  void leave() {
    channel = null;
    failure = null;
  }

  private void follow(ManagedChannel followed) {
    if (followed != channel) {
      return;
    }
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
      probe(failing, failing.newCall(SessionServiceGrpc.getKeepAliveMethod(), CallOptions.DEFAULT));
    }
  }

  /**
   * Makes a call that does not wait, so it fails at once. If the channel has connected since,
   * nothing is sent.
   */
  private <Q, A> void probe(ManagedChannel failing, ClientCall<Q, A> call) {
    call.start(
        new ClientCall.Listener<A>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            if (status.getCode() == Status.Code.UNAVAILABLE) {
              loop.execute(() -> failed(failing, Failure.of(status.asException(trailers))));
            }
          }
        },
        new Metadata());
    call.cancel("only a probe", null);
  }

  private void failed(ManagedChannel failing, Failure why) {
    // A failure that was found at a server that has been left since says nothing of the next one.
    if (!closed && failing == channel) {
      failure = why;
      List.copyOf(actions).forEach(Runnable::run);
    }
  }

  /** The present reason; empty while there is a connection or no attempt has failed. */
  public Optional<Failure> failure() {
    return Optional.ofNullable(failure);
  }

  /** The present reason, if retrying cannot help, here or at any other server. */
  public Optional<Failure> permanentFailure() {
    return targets.othersAreHopeless() ? permanentFailureHere() : Optional.empty();
  }

  /**
   * The present reason, if retrying cannot help at this server. An unknown host name is an error in
   * the target, unless the client was connected before: then it is a failure of the name server.
   */
  public Optional<Failure> permanentFailureHere() {
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
