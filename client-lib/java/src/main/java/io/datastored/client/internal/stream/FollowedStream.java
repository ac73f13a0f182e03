package io.datastored.client.internal.stream;

import io.datastored.client.ClientSources;
import io.datastored.client.ClientTimes;
import io.datastored.client.DatastoredException;
import io.datastored.client.internal.loop.ClientClock;
import io.datastored.client.internal.transport.Backoff;
import io.datastored.client.internal.transport.Failure;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A followed stream is a stream from the server that is reopened at its reader's position whenever
 * it breaks. Confined to the thread that follows it.
 */
public final class FollowedStream<A> {

  /** A reader consumes a followed stream. Called by the thread that follows it. */
  interface Reader<A> {

    /** Opens the stream at the position of this reader. */
    BlockingClientCall<?, A> open();

    /** The longest time to the next message: a stream that is silent for longer is dead. */
    Duration readTimeout();

    /** Processes a message; false if this version does not understand it. */
    boolean read(A message);

    /** Whether this reader needs no more messages. */
    boolean isDone();

    /** Whether a stream that breaks now is not reopened. */
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

  public FollowedStream(ManagedChannel channel, ClientTimes times, ClientSources sources) {
    this.channel = channel;
    this.clock = new ClientClock(sources);
    this.times = times;
    this.backoff = new Backoff(times, sources.random());
  }

  /**
   * Follows the stream until its reader needs no more messages.
   *
   * @throws DatastoredException if no attempt has reached the server yet and one fails, the server
   *     refuses, or it is too late for another attempt
   */
  public void follow(Reader<A> reader) throws InterruptedException {
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
      // As long as the server asks for: no promise expires during the wait.
      Duration wait = backoff.next(end, end.retryAfter().orElse(Duration.ZERO));
      reader.broken(end.exception(), wait);
      TimeUnit.NANOSECONDS.sleep(wait.toNanos());
    }
  }

  /** Follows one stream to its end. */
  private Failure read(Reader<A> reader) throws InterruptedException {
    // The channel's own backoff grows to two minutes, and calls fail during it without an attempt.
    channel.resetConnectBackoff();
    BlockingClientCall<?, A> call = reader.open();
    try {
      while (!reader.isDone()) {
        A message = call.read(reader.readTimeout().toNanos(), TimeUnit.NANOSECONDS);
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
      // Its host may be silent. The next attempt is not made on this connection.
      channel.enterIdle();
      return Failure.of(Status.DEADLINE_EXCEEDED.asException());
    } finally {
      call.cancel("not needed any more", null);
    }
  }

  /** An address that has never answered is more likely wrong than temporarily down. */
  private boolean isWorthAnotherAttempt(Failure end) {
    boolean ofTheTransport = end.refusal().isEmpty();
    if (ofTheTransport && !heard) {
      return false;
    }
    return switch (end.status().getCode()) {
      case UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED -> true;
      // Credentials that were accepted have run out; there may be fresh ones.
      case UNAUTHENTICATED -> heard;
      case OK, CANCELLED, UNKNOWN, INTERNAL, ABORTED -> ofTheTransport;
      default -> false;
    };
  }
}
