package io.datastored.cli;

import com.google.protobuf.util.Durations;
import io.datastored.cli.FrameAssembly.UnknownFrameException;
import io.datastored.v1.WatchGenerationRequest;
import io.datastored.v1.WatchGenerationResponse;
import io.datastored.v1.WatchGenerationResponse.FrameCase;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A watch follows the changes of one server over broken connections and restarts, each time from
 * the last whole frame on. Confined to the command's thread.
 */
final class Watch {

  /** By the contract: who hears nothing for three bookmark intervals considers the stream dead. */
  private static final int SILENT_INTERVALS = 3;

  /** A stream that lived this long was a good one: the next trouble is a new one. */
  private static final Duration GOOD_STREAM = Duration.ofSeconds(10);

  private final Connection connection;
  private final WatchGenerationRequest selection;
  private final Backoff backoff;
  private final WaitingClock clock;
  private boolean heard;
  private Optional<WatchGenerationRequest> resumption = Optional.empty();

  Watch(
      Connection connection,
      WatchGenerationRequest selection,
      Backoff backoff,
      WaitingClock clock) {
    this.connection = connection;
    this.selection = selection;
    this.backoff = backoff;
    this.clock = clock;
  }

  /**
   * Tells the listener every whole frame until the thread is interrupted or the listener wants no
   * more.
   *
   * @throws CommandFailed if the first attempt finds no server, or the server refuses the watch
   */
  void run(WatchListener listener) throws InterruptedException {
    while (listener.wantsMore()) {
      long begin = clock.nanoTime();
      ServerError end = follow(listener);
      if (!listener.wantsMore()) {
        return;
      }
      if (!isWorthAnotherTry(end)) {
        throw new ErrorMessage(connection.server(), end).asFailure();
      }
      if (clock.since(begin).compareTo(GOOD_STREAM) >= 0) {
        backoff.reset();
      }
      Duration wait = backoff.next(end.retryAfter());
      listener.onBroken(new ErrorMessage(connection.server(), end).sentence(), wait);
      clock.sleep(wait);
    }
  }

  /** Follows one stream to its end. */
  private ServerError follow(WatchListener listener) throws InterruptedException {
    BlockingClientCall<?, WatchGenerationResponse> call =
        connection.watches().watchGeneration(resumption.orElse(selection));
    try {
      return read(call, listener);
    } catch (StatusException e) {
      return ServerError.of(e);
    } catch (TimeoutException e) {
      return ServerError.silent();
    } catch (UnknownFrameException e) {
      resumption = Optional.empty();
      return ServerError.silent();
    } finally {
      call.cancel("the command is done with this stream", null);
    }
  }

  private ServerError read(
      BlockingClientCall<?, WatchGenerationResponse> call, WatchListener listener)
      throws InterruptedException, StatusException, TimeoutException, UnknownFrameException {
    var assembly = new FrameAssembly();
    Duration patience = connection.timeout();
    while (listener.wantsMore()) {
      WatchGenerationResponse message = call.read(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (message == null) {
        return ServerError.ended();
      }
      heard = true;
      Optional<WatchGenerationResponse> frame = assembly.add(message);
      if (frame.isPresent()) {
        patience = patienceAfter(frame.get(), patience);
        listener.onFrame(frame.get());
        // After the listener: what it has not seen must be sent again.
        resumption = Optional.of(selection.toBuilder().setKnown(frame.get().getRevision()).build());
      }
    }
    return ServerError.ended();
  }

  private Duration patienceAfter(WatchGenerationResponse frame, Duration before) {
    if (frame.getFrameCase() != FrameCase.BOOKMARK || !frame.getBookmark().hasInterval()) {
      return before.compareTo(longestSilence()) < 0 ? longestSilence() : before;
    }
    long interval = Durations.toMillis(frame.getBookmark().getInterval());
    return Duration.ofMillis(interval * SILENT_INTERVALS).plus(connection.timeout());
  }

  /** Until a bookmark tells the interval that the server has granted. */
  private Duration longestSilence() {
    return Duration.ofMillis(Durations.toMillis(selection.getBookmarkInterval()) * SILENT_INTERVALS)
        .plus(connection.timeout());
  }

  /** An address where nobody ever answered is more likely wrong than down for a moment. */
  private boolean isWorthAnotherTry(ServerError error) {
    if (!heard && error.isOfTheTransport()) {
      return false;
    }
    return error.isTransient()
        || switch (error.code()) {
          case OK, CANCELLED, UNKNOWN, INTERNAL, ABORTED -> error.isOfTheTransport();
          default -> false;
        };
  }
}
