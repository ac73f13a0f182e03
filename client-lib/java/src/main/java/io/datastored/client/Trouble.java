package io.datastored.client;

import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Trouble is what keeps a client from its server, or from what it wants to keep in memory.
 * Thread-safe: the loop writes it, everybody may read what is present.
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

  /** Has those told who wait for a session, when trying again does not bring one. */
  void onLasting(Consumer<Failure> action) {
    whoWaits = action;
  }

  /** There is no session, or it was not renewed; the connection knows better than the call. */
  void ofSession(Failure failure) {
    session = line.present().orElse(failure);
    lasting()
        .ifPresent(
            why -> {
              waits.fail(why);
              whoWaits.accept(why);
            });
  }

  /** The session was opened or renewed. */
  void sessionIsFine() {
    session = null;
  }

  /** The server does not let the client watch, for example because it refuses the selection. */
  void ofWatch(Failure failure) {
    if (!failure.isPassing()) {
      watch = failure;
      waits.fail(failure);
    }
  }

  /** Something has come by the watch. */
  void watchIsFine() {
    watch = null;
  }

  /** Nobody waits for what does not come. */
  void look() {
    lasting().ifPresent(waits::fail);
    Failure refused = watch;
    if (refused != null) {
      waits.fail(refused);
    }
  }

  /** The present one, that of the session first. */
  Optional<Failure> present() {
    return ofSession().or(() -> Optional.ofNullable(watch));
  }

  /** Why there is no session, if that is known. */
  Optional<Failure> ofSession() {
    return Optional.ofNullable(session);
  }

  /** The same, if trying again does not mend it. By the loop only. */
  Optional<Failure> lasting() {
    return line.lasting()
        .or(() -> ofSession().filter(why -> why.refusal().isPresent() && !why.isPassing()));
  }
}
