package io.datastored.cli;

import com.google.protobuf.util.Durations;
import io.datastored.v1.DrainRequest;
import io.datastored.v1.DrainResponse;
import io.datastored.v1.DrainState;
import io.datastored.v1.Maintenance;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A drain is the question when nobody uses a datastore any more, asked until it is answered: over
 * broken connections and restarts of the server too, for a drain is asked again where things are.
 * Confined to the command's thread.
 */
final class Drain {

  /** The server speaks once a second; a stream that is silent for this much longer is dead. */
  private static final Duration SILENCE = Duration.ofSeconds(3);

  private final Connection connection;
  private final DrainRequest question;
  private final Backoff backoff;
  private final WaitingClock clock;

  /** The mode that the first answer was about: another one, met after a restart, is no answer. */
  private Optional<Maintenance> mode = Optional.empty();

  private boolean heard;

  Drain(Connection connection, DrainRequest question, Backoff backoff, WaitingClock clock) {
    this.connection = connection;
    this.question = question;
    this.backoff = backoff;
    this.clock = clock;
  }

  /**
   * Tells the view how it gets on until there is an end.
   *
   * @return the last message: DRAINED, ABORTED or TIMED_OUT
   * @throws UnansweredException if the first attempt finds no server, the server refuses the
   *     question, or nobody answers when its time is over
   */
  DrainResponse run(DrainView view) throws InterruptedException, UnansweredException {
    long begin = clock.nanoTime();
    while (true) {
      try {
        DrainResponse last = follow(begin, view);
        view.ended(last);
        return last;
      } catch (BrokenException e) {
        var explanation = new ErrorMessage(connection.server(), e.why);
        if (!isWorthAnotherTry(e.why) || isOver(begin)) {
          throw new UnansweredException(explanation);
        }
        Duration wait = backoff.next(e.why.retryAfter());
        view.broken(explanation.sentence(), wait);
        clock.sleep(wait);
      }
    }
  }

  /** Follows one stream to its end. */
  private DrainResponse follow(long begin, DrainView view)
      throws InterruptedException, BrokenException {
    BlockingClientCall<?, DrainResponse> call = connection.drains().drain(request(begin));
    boolean first = true;
    try {
      while (true) {
        DrainResponse message = call.read(patience().toMillis(), TimeUnit.MILLISECONDS);
        if (message == null) {
          throw new BrokenException(ServerError.ended());
        }
        heard = true;
        DrainResponse now = since(begin, first ? pinned(message) : message);
        first = false;
        if (isEnd(now.getState())) {
          return now;
        }
        view.waiting(now);
      }
    } catch (StatusException e) {
      throw new BrokenException(ServerError.of(e));
    } catch (TimeoutException e) {
      throw new BrokenException(ServerError.silent());
    } finally {
      call.cancel("the command is done with this stream", null);
    }
  }

  /**
   * What is still to be asked: the rest of the time, and no etag once an answer has told the mode.
   * Settings may have changed meanwhile, and the etag with them, but not the mode.
   */
  private DrainRequest request(long begin) {
    DrainRequest.Builder next = question.toBuilder();
    if (mode.isPresent()) {
      next.clearEtag();
    }
    if (question.hasTimeout()) {
      Duration left = HumanFormat.of(question.getTimeout()).minus(clock.since(begin));
      next.setTimeout(Durations.fromMillis(Math.max(1, left.toMillis())));
    }
    return next.build();
  }

  /** The mode of the first answer is the one to wait for, whatever the server holds later. */
  private DrainResponse pinned(DrainResponse message) {
    Maintenance present = message.getMaintenance();
    if (mode.isEmpty()) {
      mode = Optional.of(present);
    }
    boolean same =
        mode.get().getMode() == present.getMode()
            && mode.get().getSince().equals(present.getSince());
    return same ? message : message.toBuilder().setState(DrainState.DRAIN_STATE_ABORTED).build();
  }

  /** The server counts from the call; this one may be a later call of the same drain. */
  private DrainResponse since(long begin, DrainResponse message) {
    return message.toBuilder()
        .setElapsed(Durations.fromMillis(clock.since(begin).toMillis()))
        .build();
  }

  private static boolean isEnd(DrainState state) {
    return switch (state) {
      case DRAIN_STATE_DRAINED, DRAIN_STATE_ABORTED, DRAIN_STATE_TIMED_OUT -> true;
      case DRAIN_STATE_DRAINING, DRAIN_STATE_UNSPECIFIED, UNRECOGNIZED -> false;
    };
  }

  private Duration patience() {
    return connection.timeout().plus(SILENCE);
  }

  private boolean isOver(long begin) {
    return question.hasTimeout()
        && clock.since(begin).compareTo(HumanFormat.of(question.getTimeout())) >= 0;
  }

  /** As with a watch: an address where nobody ever answered is more likely wrong than down. */
  private boolean isWorthAnotherTry(ServerError error) {
    if (!heard && error.isOfTheTransport()) {
      return false;
    }
    return error.isTransient() || (heard && error.isOfTheTransport());
  }

  /** There will be no answer. Immutable. */
  static final class UnansweredException extends Exception {
    private static final long serialVersionUID = 1;
    private final transient ErrorMessage explanation;

    UnansweredException(ErrorMessage explanation) {
      super(explanation.sentence());
      this.explanation = explanation;
    }

    ErrorMessage explanation() {
      return explanation;
    }
  }

  /** A stream that ended without an answer. Immutable. */
  private static final class BrokenException extends Exception {
    private static final long serialVersionUID = 1;
    private final transient ServerError why;

    BrokenException(ServerError why) {
      super(why.text());
      this.why = why;
    }
  }
}
