package io.datastored.client.internal.stream;

import io.datastored.client.DatastoredException;
import io.datastored.client.DrainListener;
import io.datastored.client.internal.loop.ClientClock;
import io.datastored.client.internal.loop.WireTimes;
import io.datastored.v1.DrainRequest;
import io.datastored.v1.DrainResponse;
import io.datastored.v1.DrainState;
import io.datastored.v1.Maintenance;
import io.datastored.v1.MaintenanceServiceGrpc;
import io.datastored.v1.MaintenanceServiceGrpc.MaintenanceServiceBlockingV2Stub;
import io.grpc.Channel;
import io.grpc.stub.BlockingClientCall;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A followed drain repeats a Drain call until it is answered. Confined to the thread that follows
 * it.
 */
public final class FollowedDrain implements FollowedStream.Reader<DrainResponse> {

  /**
   * The server sends a message every second; a stream that is silent for this much longer is dead.
   */
  private static final Duration SILENCE = Duration.ofSeconds(3);

  private final MaintenanceServiceBlockingV2Stub stub;
  private final ClientClock clock;
  private final DrainRequest question;
  private final DrainListener listener;
  private final Duration timeout;
  private final long begin;

  /** The mode of the first answer; a different mode, seen after a restart, ends the drain. */
  private @Nullable Maintenance mode;

  private boolean first;
  private @Nullable DrainResponse end;

  /**
   * @param least how long the server may take to answer
   */
  public FollowedDrain(
      Channel channel,
      ClientClock clock,
      DrainRequest question,
      DrainListener listener,
      Duration least) {
    this.stub = MaintenanceServiceGrpc.newBlockingV2Stub(channel);
    this.clock = clock;
    this.question = question;
    this.listener = listener;
    this.timeout = least.plus(SILENCE);
    this.begin = clock.now();
  }

  /** The final message: DRAINED, ABORTED or TIMED_OUT; empty until then. */
  public Optional<DrainResponse> end() {
    return Optional.ofNullable(end);
  }

  /**
   * Asks with the remaining timeout, and without the etag once an answer has reported the mode. The
   * settings, and with them the etag, may have changed since, but the mode must not.
   */
  @Override
  public BlockingClientCall<?, DrainResponse> open() {
    first = true;
    DrainRequest.Builder next = question.toBuilder();
    if (mode != null) {
      next.clearEtag();
    }
    if (question.hasTimeout()) {
      Duration left = WireTimes.duration(question.getTimeout()).minus(clock.since(begin));
      next.setTimeout(WireTimes.wire(left.toMillis() < 1 ? Duration.ofMillis(1) : left));
    }
    return stub.drain(next.build());
  }

  @Override
  public Duration readTimeout() {
    return timeout;
  }

  @Override
  public boolean read(DrainResponse message) {
    // The server measures from its call, which may be a later call of the same drain.
    DrainResponse now =
        (first ? pinned(message) : message)
            .toBuilder().setElapsed(WireTimes.wire(clock.since(begin))).build();
    first = false;
    switch (now.getState()) {
      case DRAIN_STATE_DRAINED, DRAIN_STATE_ABORTED, DRAIN_STATE_TIMED_OUT -> end = now;
      case DRAIN_STATE_DRAINING, DRAIN_STATE_UNSPECIFIED, UNRECOGNIZED -> listener.onProgress(now);
    }
    return true;
  }

  /** Remembers the mode of the first answer; a message about another mode becomes ABORTED. */
  private DrainResponse pinned(DrainResponse message) {
    Maintenance present = message.getMaintenance();
    Maintenance wanted = mode;
    if (wanted == null) {
      mode = present;
      return message;
    }
    boolean same =
        wanted.getMode() == present.getMode() && wanted.getSince().equals(present.getSince());
    return same ? message : message.toBuilder().setState(DrainState.DRAIN_STATE_ABORTED).build();
  }

  @Override
  public boolean isDone() {
    return end != null;
  }

  @Override
  public boolean isTooLate() {
    return question.hasTimeout()
        && clock.since(begin).compareTo(WireTimes.duration(question.getTimeout())) >= 0;
  }

  @Override
  public void broken(DatastoredException why, Duration nextAttemptIn) {
    listener.onBroken(why, nextAttemptIn);
  }
}
