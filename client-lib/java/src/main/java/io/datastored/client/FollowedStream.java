package io.datastored.client;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A followed stream is a stream of the server that is opened again, from where its reader is, each
 * time that it breaks. Confined to the thread that follows it.
 */
final class FollowedStream<A> {

  /** What a stream is followed for. Called by the thread that follows it. */
  interface Reader<A> {

    /** Asks for what is still wanted. */
    BlockingClientCall<?, A> open();

    /** How long the next message may take: a stream that is silent for longer is dead. */
    Duration patience();

    /** Takes a message; false when this version does not understand it. */
    boolean read(A message);

    /** Whether it wants no more. */
    boolean isDone();

    /** Whether a stream that breaks now is not worth another attempt. */
    boolean isTooLate();

    void broken(DatastoredException why, Duration nextAttemptIn);
  }

  private static final Status NOT_UNDERSTOOD =
      Status.UNKNOWN.withDescription("a message that this version does not know");

  private final ManagedChannel channel;
  private final ClientClock clock;
  private final ClientTimes times;
  private final Backoff backoff;
  private boolean heard;

  FollowedStream(ManagedChannel channel, ClientTimes times, ClientSources sources) {
    this.channel = channel;
    this.clock = new ClientClock(sources);
    this.times = times;
    this.backoff = new Backoff(times, sources.random());
  }

  /**
   * Follows it until its reader wants no more.
   *
   * @throws DatastoredException when the first attempt finds no server, the server refuses, or it
   *     is too late for another attempt
   */
  void follow(Reader<A> reader) throws InterruptedException {
    while (!reader.isDone()) {
      long begin = clock.now();
      Failure end = read(reader);
      if (reader.isDone()) {
        return;
      }
      if (!isWorthAnotherAttempt(end) || reader.isTooLate()) {
        throw end.exception();
      }
      if (clock.since(begin).compareTo(times.mostBackoff()) >= 0) {
        backoff.reset();
      }
      // However long the server wants: no promise runs out meanwhile.
      Duration wait = backoff.next(end, end.retryAfter().orElse(Duration.ZERO));
      reader.broken(end.exception(), wait);
      TimeUnit.NANOSECONDS.sleep(wait.toNanos());
    }
  }

  /** Follows one stream to its end. */
  private Failure read(Reader<A> reader) throws InterruptedException {
    // The channel's own backoff grows to two minutes and fails calls meanwhile without trying.
    channel.resetConnectBackoff();
    BlockingClientCall<?, A> call = reader.open();
    try {
      while (!reader.isDone()) {
        A message = call.read(reader.patience().toNanos(), TimeUnit.NANOSECONDS);
        if (message == null) {
          break;
        }
        heard = true;
        if (!reader.read(message)) {
          return Failure.of(NOT_UNDERSTOOD.asException());
        }
      }
      return Failure.of(Status.OK.asException());
    } catch (StatusException e) {
      return Failure.of(e);
    } catch (TimeoutException e) {
      return Failure.of(Status.DEADLINE_EXCEEDED.asException());
    } finally {
      call.cancel("not needed any more", null);
    }
  }

  /** An address where nobody ever answered is more likely wrong than down for a moment. */
  private boolean isWorthAnotherAttempt(Failure end) {
    boolean ofTheTransport = end.refusal().isEmpty();
    if (ofTheTransport && !heard) {
      return false;
    }
    return switch (end.status().getCode()) {
      case UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED -> true;
      case OK, CANCELLED, UNKNOWN, INTERNAL, ABORTED -> ofTheTransport;
      default -> false;
    };
  }
}
