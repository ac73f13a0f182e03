package io.datastored.client;

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
 * A line trouble is why a line has no connection. Confined to the loop.
 *
 * <p>The client's calls wait until there is a connection, and so never hear why there is none.
 */
final class LineTrouble {

  private final Loop loop;
  private @Nullable ManagedChannel channel;
  private @Nullable Failure failure;
  private Runnable action = () -> {};
  private boolean everConnected;
  private boolean closed;

  LineTrouble(Loop loop) {
    this.loop = loop;
  }

  /** Has somebody told each time that it was looked at and there is one. */
  void onFound(Runnable told) {
    action = told;
  }

  /** Looks at it each time that the state of the channel changes. */
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

  /** Looks again: the reason may be another one by now. */
  void look() {
    ManagedChannel failing = channel;
    if (failing != null && failing.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      ask(failing.newCall(SessionServiceGrpc.getKeepAliveMethod(), CallOptions.DEFAULT));
    }
  }

  /** A call that does not wait fails at once. If there is a connection by now, nothing is sent. */
  private <Q, A> void ask(ClientCall<Q, A> call) {
    call.start(
        new ClientCall.Listener<A>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            if (status.getCode() == Status.Code.UNAVAILABLE) {
              loop.execute(() -> found(Failure.of(status.asException(trailers))));
            }
          }
        },
        new Metadata());
    call.cancel("only asked why", null);
  }

  private void found(Failure why) {
    if (!closed) {
      failure = why;
      action.run();
    }
  }

  /** What it is; empty while there is a connection, or nothing has failed. */
  Optional<Failure> present() {
    return Optional.ofNullable(failure);
  }

  /**
   * The same, if trying again does not mend it. A name that is not known is a mistake in the
   * target, but for a client that was connected already: then the name server is wrong.
   */
  Optional<Failure> lasting() {
    return present().filter(why -> why.isDistrust() || (why.isNameless() && !everConnected));
  }

  /** Whether there was never a connection. */
  boolean neverConnected() {
    return !everConnected;
  }

  void close() {
    closed = true;
  }
}
