package io.datastored.client;

import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Trouble is the present problem that keeps a client from its server or from watching its
 * datastores. Thread-safe: the loop writes, any thread may read {@link #present}.
 */
final class Trouble {

  private final LineTrouble line;
  private final StateWaits waits;
  private Consumer<Failure> whoWaits = failure -> {};

  private volatile @Nullable Failure session;
  private volatile @Nullable Failure watch;

  Trouble(LineTrouble line, StateWaits waits) {
    this.line = line;
    this.waits = waits;
    line.onFound(() -> line.present().ifPresent(this::ofSession));
  }

  /** Sets the action that is run when retrying cannot bring a session. */
  void onLasting(Consumer<Failure> action) {
    whoWaits = action;
  }

  /**
   * Records why the session was not opened or renewed; the failure of the connection is preferred
   * to that of the call.
   */
  void ofSession(Failure failure) {
    session = line.present().orElse(failure);
    lasting()
        .ifPresent(
            why -> {
              waits.fail(why);
              whoWaits.accept(why);
            });
  }

  /** Records that the session was opened, renewed or closed. */
  void sessionIsFine() {
    session = null;
  }

  /** Records that the server refuses the watch, for example because of its selection. */
  void ofWatch(Failure failure) {
    if (!failure.isPassing()) {
      watch = failure;
      waits.fail(failure);
    }
  }

  /** Records that the watch delivered a message. */
  void watchIsFine() {
    watch = null;
  }

  /** Fails the callers that wait for FRESH, if it cannot be reached. */
  void look() {
    lasting().ifPresent(waits::fail);
    Failure refused = watch;
    if (refused != null) {
      waits.fail(refused);
    }
  }

  /** The present problem; one of the session takes precedence. */
  Optional<Failure> present() {
    return ofSession().or(() -> Optional.ofNullable(watch));
  }

  /** The reason that there is no session, if it is known. */
  Optional<Failure> ofSession() {
    return Optional.ofNullable(session);
  }

  /** The same, if retrying cannot help. Only for the loop. */
  Optional<Failure> lasting() {
    return line.lasting()
        .or(() -> ofSession().filter(why -> why.refusal().isPresent() && !why.isPassing()));
  }
}
