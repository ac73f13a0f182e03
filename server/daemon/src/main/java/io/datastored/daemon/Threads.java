package io.datastored.daemon;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.datastored.service.stream.CallRuntime;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads are the threads of a server beside the transport's. Immutable; all are started with the
 * server.
 *
 * @param calls runs calls that may touch a disk; bounded, rejects work when it is full
 * @param operatorCalls the same, for callers that may set modes
 * @param background reserves fencing tokens ahead; bounded by its users
 * @param fanOut cuts and sends the frames of watches; never blocks
 * @param timer runs short tasks when they are due
 */
record Threads(
    ExecutorService calls,
    ExecutorService operatorCalls,
    ExecutorService background,
    ExecutorService fanOut,
    ScheduledExecutorService timer)
    implements AutoCloseable {

  static Threads of(CallOptions bounds) {
    return new Threads(
        started(calls(bounds, "call")),
        started(calls(bounds, "operator-call")),
        started(pool(1, "background")),
        started(pool(Math.max(2, Runtime.getRuntime().availableProcessors()), "watch")),
        started(scheduler("timer")));
  }

  private static ThreadPoolExecutor calls(CallOptions bounds, String name) {
    return new ThreadPoolExecutor(
        bounds.threads(),
        bounds.threads(),
        0,
        TimeUnit.SECONDS,
        // Twice, because looks of drains have no place among the calls.
        new ArrayBlockingQueue<>(2 * bounds.onDisk()),
        named(name));
  }

  /** What the calls of a server run on. */
  CallRuntime runtime(CallOptions bounds, Environment around) {
    return new CallRuntime(
        calls,
        operatorCalls,
        bounds.limits(),
        fanOut,
        timer,
        around.ticker(),
        around.wallClock(),
        around.random());
  }

  private static ThreadPoolExecutor pool(int threads, String name) {
    return new ThreadPoolExecutor(
        threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named(name));
  }

  /** Starts all threads now: a call or a stop must not fail because no thread can be created. */
  private static <P extends ThreadPoolExecutor> P started(P pool) {
    int unused = pool.prestartAllCoreThreads();
    return pool;
  }

  private static ScheduledThreadPoolExecutor scheduler(String name) {
    var scheduler = new ScheduledThreadPoolExecutor(1, named(name));
    // A watch that ends leaves no timer behind.
    scheduler.setRemoveOnCancelPolicy(true);
    return scheduler;
  }

  /** Daemon threads: a thread that hangs in a dead mount must not keep the process alive. */
  private static ThreadFactory named(String name) {
    return new ThreadFactoryBuilder()
        .setNameFormat("datastored-" + name + "-%d")
        .setDaemon(true)
        .build();
  }

  @Override
  public void close() {
    List.of(calls, operatorCalls, background, fanOut, timer).forEach(ExecutorService::shutdownNow);
  }
}
