package io.datastored.client.internal.session;

import io.datastored.client.internal.transport.ConnectionHealth;
import io.datastored.client.internal.transport.Failure;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client health is the present problem that keeps a client from its server or from watching its
 * datastores. Thread-safe: the loop writes, any thread may read {@link #failure}.
 */
public final class ClientHealth {

  private final ConnectionHealth connection;
  private final StateWaits waits;
  private Consumer<Failure> whoWaits = failure -> {};

  private volatile @Nullable Failure session;

  /** Whether the server has accepted the credentials of this client before. */
  private volatile boolean accepted;

  private volatile @Nullable Failure watch;

  public ClientHealth(ConnectionHealth connection, StateWaits waits) {
    this.connection = connection;
    this.waits = waits;
    connection.onFailure(() -> connection.failure().ifPresent(this::sessionFailed));
  }

  /** Sets the action that is run when retrying cannot bring a session. */
  public void onPermanentFailure(Consumer<Failure> action) {
    whoWaits = action;
  }

  /**
   * Records why the session was not opened or renewed; the failure of the connection is preferred
   * to that of the call.
   */
  public void sessionFailed(Failure failure) {
    session = connection.failure().orElse(failure);
    permanentFailure()
        .ifPresent(
            why -> {
              waits.fail(why);
              whoWaits.accept(why);
            });
  }

  /** Records that the session was opened, renewed or closed. */
  public void sessionRecovered() {
    session = null;
    accepted = true;
  }

  /** Records that the server refuses the watch, for example because of its selection. */
  public void watchFailed(Failure failure) {
    if (!passes(failure)) {
      watch = failure;
      waits.fail(failure);
    }
  }

  /** Records that the watch delivered a message. */
  public void watchRecovered() {
    watch = null;
  }

  /** Fails the callers that wait for FRESH, if it cannot be reached. */
  public void failWaits() {
    permanentFailure().ifPresent(waits::fail);
    Failure refused = watch;
    if (refused != null) {
      waits.fail(refused);
    }
  }

  /** The present problem; one of the session takes precedence. */
  public Optional<Failure> failure() {
    return sessionFailure().or(() -> Optional.ofNullable(watch));
  }

  /** The reason that there is no session, if it is known. */
  public Optional<Failure> sessionFailure() {
    return Optional.ofNullable(session);
  }

  /** The same, if retrying cannot help. Only for the loop. */
  public Optional<Failure> permanentFailure() {
    return connection
        .permanentFailure()
        .or(() -> sessionFailure().filter(why -> why.refusal().isPresent() && !passes(why)));
  }

  /** Whether another attempt of a call may succeed. */
  public boolean passes(Failure failure) {
    return accepted ? failure.isTransientOnceAccepted() : failure.isTransient();
  }
}
