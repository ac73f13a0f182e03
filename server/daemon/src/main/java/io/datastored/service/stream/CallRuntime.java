package io.datastored.service.stream;

import com.google.common.base.Ticker;
import io.datastored.service.wire.CallLimits;
import io.datastored.service.wire.Caller;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;

/**
 * A call runtime is the threads, clocks and randomness of calls and streams, all passed in.
 * Immutable.
 *
 * @param blocking runs calls that may touch a disk; bounded, rejects work when it is full
 * @param operators the same, for callers that may set modes
 * @param limits what calls may take up
 * @param fanOut cuts and sends the frames of watches
 * @param timer wakes quiet watches
 * @param ticker monotonic time, used for every decision
 * @param wallClock the time of day, used only in messages
 * @param random thread-safe
 */
public record CallRuntime(
    Executor blocking,
    Executor operators,
    CallLimits limits,
    Executor fanOut,
    ScheduledExecutorService timer,
    Ticker ticker,
    InstantSource wallClock,
    RandomGenerator random) {

  /** The threads on which the calls of this caller may touch a disk. */
  public Executor blocking(Caller caller) {
    return caller.isOperator() ? operators : blocking;
  }
}
