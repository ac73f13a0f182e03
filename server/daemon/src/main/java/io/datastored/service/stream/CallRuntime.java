package io.datastored.service.stream;

import com.google.common.base.Ticker;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;

/**
 * A call runtime is what moves calls and streams: threads, time and chance, all from outside.
 * Immutable.
 *
 * @param blocking runs calls that may touch a disk; bounded, rejects what is too much
 * @param fanOut cuts and sends the frames of watches
 * @param timer wakes quiet watches
 * @param ticker monotonic time: everything that is decided
 * @param wallClock the time of day: what people are told
 * @param random thread-safe
 */
public record CallRuntime(
    Executor blocking,
    Executor fanOut,
    ScheduledExecutorService timer,
    Ticker ticker,
    InstantSource wallClock,
    RandomGenerator random) {}
