package io.datastored.daemon;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads of a server beside the transport's. Immutable; threads begin with the first task.
 *
 * @param calls runs calls that may touch a disk; bounded, rejects what is too much
 * @param background runs probes and the like, each of which may hang; bounded by those who use it
 * @param fanOut cuts and sends the frames of watches; never blocks
 * @param timer runs what is due, briefly
 * @param housekeeping runs what is due and may touch a disk
 */
record Threads(
    ExecutorService calls,
    ExecutorService background,
    ExecutorService fanOut,
    ScheduledExecutorService timer,
    ScheduledExecutorService housekeeping)
    implements AutoCloseable {

  private static final Duration IDLE = Duration.ofSeconds(30);

  static Threads of(CallThreads bounds) {
    var calls =
        new ThreadPoolExecutor(
            bounds.threads(),
            bounds.threads(),
            IDLE.toSeconds(),
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(bounds.queue()),
            named("call"));
    calls.allowCoreThreadTimeOut(true);
    return new Threads(
        calls,
        Executors.newCachedThreadPool(named("background")),
        Executors.newFixedThreadPool(
            Math.max(2, Runtime.getRuntime().availableProcessors()), named("watch")),
        scheduler("timer"),
        scheduler("housekeeping"));
  }

  private static ScheduledExecutorService scheduler(String name) {
    var scheduler = new ScheduledThreadPoolExecutor(1, named(name));
    // A watch that ends leaves no timer behind.
    scheduler.setRemoveOnCancelPolicy(true);
    return scheduler;
  }

  /** Daemon threads: one that hangs in a dead mount must not keep the process alive. */
  private static ThreadFactory named(String name) {
    return new ThreadFactoryBuilder()
        .setNameFormat("datastored-" + name + "-%d")
        .setDaemon(true)
        .build();
  }

  @Override
  public void close() {
    List.of(calls, background, fanOut, timer, housekeeping).forEach(ExecutorService::shutdownNow);
  }
}
