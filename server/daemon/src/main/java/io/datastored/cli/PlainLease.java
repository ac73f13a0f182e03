package io.datastored.cli;

import com.google.common.collect.Comparators;
import com.google.protobuf.util.Durations;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.function.BiConsumer;

/**
 * A plain lease is one lease without a session, kept as long as the command wants it: taken, and
 * renewed until it is given back or lost by the command's own clock. Confined to the command's
 * thread.
 */
final class PlainLease {

  /** Between two attempts to renew with a server that does not answer; far below any ttl / 3. */
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final Connection connection;
  private final WaitingClock clock;
  private final LookupRequest request;
  private boolean mayCount;

  /**
   * When the last granted request was sent: the ttl counts from here, so the holder stops first.
   */
  private long sentAt;

  PlainLease(Connection connection, WaitingClock clock, LookupRequest request) {
    this.connection = connection;
    this.clock = clock;
    this.request = request;
  }

  /** Whether the server may count this lease: it was granted, or its answer was lost. */
  boolean mayCount() {
    return mayCount && !request.getLeaseId().isEmpty();
  }

  LookupResponse begin() {
    sentAt = clock.nanoTime();
    mayCount = true;
    try {
      return connection.datastores().lookup(request);
    } catch (StatusRuntimeException failed) {
      // The id is ours, so a lease whose answer was lost can be given back all the same.
      mayCount = ServerError.of(failed).code() == Status.Code.DEADLINE_EXCEEDED || isInterrupted();
      throw failed;
    }
  }

  /**
   * Renews at every third of the ttl, and tells each change of the answer.
   *
   * @throws StatusRuntimeException if the server refuses to go on
   * @throws CommandFailed if the server has been silent for the ttl
   */
  void keep(
      LookupResponse granted, Duration howLong, BiConsumer<LookupResponse, LookupResponse> renewed)
      throws InterruptedException {
    long begin = clock.nanoTime();
    LookupResponse last = granted;
    while (clock.since(begin).compareTo(howLong) < 0) {
      Duration left = howLong.minus(clock.since(begin));
      clock.sleep(Comparators.min(left, ttl(last).dividedBy(3).minus(clock.since(sentAt))));
      if (clock.since(sentAt).compareTo(ttl(last).dividedBy(3)) >= 0) {
        LookupResponse next = renew(last);
        renewed.accept(last, next);
        last = next;
      }
    }
  }

  private static boolean isInterrupted() {
    return Thread.currentThread().isInterrupted();
  }

  private LookupResponse renew(LookupResponse last) throws InterruptedException {
    LookupRequest next =
        request.toBuilder().setHeldFencingToken(last.getLease().getFencingToken()).build();
    while (true) {
      long sending = clock.nanoTime();
      Duration left = ttl(last).minus(clock.since(sentAt));
      if (left.isNegative() || left.isZero()) {
        throw new CommandFailed(
            ExitStatus.NO,
            "The lease is lost: %s has not answered for its ttl of %s."
                .formatted(connection.server(), DurationText.print(ttl(last))));
      }
      try {
        LookupResponse response = connection.datastoresWithin(left).lookup(next);
        sentAt = sending;
        return response;
      } catch (StatusRuntimeException failed) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        if (!ServerError.of(failed).isTransient()) {
          throw failed;
        }
        clock.sleep(PAUSE);
      }
    }
  }

  private static Duration ttl(LookupResponse response) {
    return Duration.ofNanos(Durations.toNanos(response.getLease().getTtl()));
  }
}
