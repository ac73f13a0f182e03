package io.datastored.client.internal.session;

import io.datastored.client.internal.cache.SessionEpoch;
import io.datastored.client.internal.transport.Backoff;
import io.datastored.client.internal.transport.Failure;
import io.datastored.client.internal.transport.LeftServer;
import io.datastored.client.internal.transport.ServerChannel;
import io.datastored.client.internal.transport.Targets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Servers are the server that a client uses, and those that it has left and that may still count
 * what it has promised them. Confined to the loop.
 *
 * <p>There is one present server for everything: a lease is granted under the session of the server
 * that is asked.
 */
public final class Servers {

  /** An opening at a server that was left: its session is not closed yet. */
  private record Left(SessionEpoch opening, LeftServer server) {}

  /**
   * How many attempts are made at a server that can promise nothing, as the others cannot either,
   * before the next round over all of them. Each change of the server costs two handshakes, and
   * when the store of the servers is away, all their clients are in this situation.
   */
  private static final int ATTEMPTS_BETWEEN_ROUNDS = 8;

  private final Targets targets;
  private final ServerChannel control;
  private final ServerChannel calls;
  private final Backoff pauses;
  private final List<Left> left = new ArrayList<>();

  /** The last opening that the present server has answered; null: none yet. */
  private @Nullable SessionEpoch here;

  /** Attempts at the present server since the last round. */
  private int stayed;

  /**
   * @param control carries the session and the watch
   * @param calls carries everything else
   * @param pauses between rounds over all servers
   */
  public Servers(Targets targets, ServerChannel control, ServerChannel calls, Backoff pauses) {
    this.targets = targets;
    this.control = control;
    this.calls = calls;
    this.pauses = pauses;
  }

  /** Sets the action that is run when the present server cannot be reached, if there are others. */
  void onUnreachable(Runnable action) {
    if (targets.areSeveral()) {
      control.onUnreachable(action);
      calls.onUnreachable(action);
      control.health().onFailure(action);
      calls.health().onFailure(action);
    }
  }

  /** The channel of the session and the watch, to whichever server is the present one. */
  public ServerChannel control() {
    return control;
  }

  public boolean areSeveral() {
    return targets.areSeveral();
  }

  /** How many there are. */
  public int count() {
    return targets.count();
  }

  /** Whether another server may do better: this one has not answered, or refuses on its own. */
  boolean mayHelp(Failure failure) {
    return targets.areSeveral() && (failure.isTransient() || failure.mayDifferElsewhere());
  }

  /** Whether there are others that were not tried since a server has proved to work. */
  boolean haveOthersToTry() {
    return targets.areSeveral() && !targets.othersWereLeft();
  }

  /**
   * Whether to leave the present server, which has not opened a session. One that cannot be reached
   * is always left. One that answers may have the same trouble as the others, so after a round over
   * all of them the client stays there for some attempts.
   */
  boolean areWorthATry(Failure failure) {
    return mayHelp(failure)
        && (!failure.mayDifferElsewhere()
            || haveOthersToTry()
            || ++stayed % ATTEMPTS_BETWEEN_ROUNDS == 0);
  }

  /** How long to wait before the next server is asked. */
  Duration pause() {
    return pauses.next();
  }

  /** How many pauses were made since a server has proved to work. */
  int pauses() {
    return pauses.failures();
  }

  /** Makes the next server the present one; true if all were tried and it is time for a pause. */
  boolean next() {
    boolean noHelp = control.health().permanentFailureHere().isPresent();
    Optional<LeftServer> server = control.leave();
    calls.leave().ifPresent(LeftServer::endLater);
    SessionEpoch opening = here;
    here = null;
    if (opening == null) {
      server.ifPresent(LeftServer::end);
    } else {
      server.ifPresent(last -> left.add(new Left(opening, last)));
    }
    return targets.next(noHelp);
  }

  /** Records that the present server has answered an opening. */
  void opened(SessionEpoch opening) {
    targets.reached();
    here = opening;
  }

  /** Records that the present server has renewed the session that it has opened. */
  void renewed() {
    targets.proved();
    pauses.reset();
    stayed = 0;
  }

  /** The address of the present server. */
  String present() {
    return targets.present();
  }

  /** The last opening at the present server whose session is not closed; empty if there is none. */
  Optional<SessionEpoch> standing() {
    return here != null
        ? Optional.of(here)
        : left.stream()
            .map(Left::opening)
            .filter(opening -> opening.server().equals(present()))
            .max(Comparator.comparingInt(SessionEpoch::number));
  }

  /** Whether there is a server that was left and whose session is not closed yet. */
  boolean haveLeft() {
    return !left.isEmpty();
  }

  /** Whether an opening stands at a server that was left. */
  boolean haveLeft(SessionEpoch opening) {
    return left.stream().anyMatch(one -> one.opening == opening);
  }

  /** Ends what was opened at the servers that were left. */
  void endLeft() {
    left.forEach(one -> one.opening.end());
  }

  /**
   * Closes the sessions at the servers that were left. A client gives up before it gives back: call
   * {@link #endLeft} before.
   *
   * @param present the session that goes on; empty: none
   * @return the requests that were sent; each is done when it is answered, or is not in time
   */
  public List<CompletableFuture<Void>> closeLeft(String present, Duration timeout) {
    List<CompletableFuture<Void>> answers = new ArrayList<>();
    for (Left one : left) {
      // A client that has come back to a server, or that has found it at two addresses, has the
      // same session there again.
      if (one.opening.sessionId().equals(present)) {
        one.server.end();
      } else {
        var answered = new CompletableFuture<Void>();
        if (one.server.closeSession(
            one.opening.sessionId(), timeout, () -> answered.complete(null))) {
          answers.add(answered);
        }
      }
    }
    left.clear();
    return answers;
  }

  /** Forgets the server of an opening that is over. */
  void forget(SessionEpoch over) {
    left.removeIf(
        one -> {
          boolean gone = one.opening == over;
          if (gone) {
            one.opening.end();
            one.server.end();
          }
          return gone;
        });
  }

  /** Whether an opening at a server that was left still holds. */
  boolean haveLive(long now) {
    return left.stream().anyMatch(one -> one.opening.isLive(now));
  }

  /** Forgets the servers that were left and whose openings are over. */
  void forgetOver(long now) {
    List.copyOf(left).stream()
        .map(Left::opening)
        .filter(opening -> !opening.isLive(now))
        .forEach(this::forget);
  }

  /** Forgets all servers that were left, and what was opened at the present one: it is over. */
  void forgetLeft() {
    here = null;
    List.copyOf(left).forEach(one -> forget(one.opening));
  }
}
