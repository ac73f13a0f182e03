package io.datastored.client;

import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannelBuilder;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Client threads are the threads that clients run on: event loops for the network, a scheduler for
 * the clients' own work, and threads for callbacks. Thread-safe. Thousands of clients can share
 * them. No thread is started before it is needed, and none remains after {@link #close}.
 */
public final class ClientThreads implements AutoCloseable {

  private static final long IDLE_SECONDS = 10;

  private final Optional<Transport> network;
  private final ScheduledExecutorService scheduler;
  private final Executor callbacks;
  private final Executor names;
  private final Runnable end;

  private ClientThreads(
      Optional<Transport> network,
      ScheduledExecutorService scheduler,
      Executor callbacks,
      Executor names,
      Runnable end) {
    this.network = network;
    this.scheduler = scheduler;
    this.callbacks = callbacks;
    this.names = names;
    this.end = end;
  }

  /**
   * Creates threads that {@link #close} ends. All are daemon threads.
   *
   * @param name prefix of the threads' names
   * @param each maximum number of network, scheduler and callback threads, each; at least 1
   */
  public static ClientThreads create(String name, int each) {
    var all = new StartedThreads();
    Transport network = NettyTransport.of(each, all.named(name + "-network"));
    return create(name, each, all, Optional.of(network));
  }

  /** Creates threads without a network, for clients with a {@link ChannelSource}. */
  public static ClientThreads withoutNetwork(String name, int each) {
    return create(name, each, new StartedThreads(), Optional.empty());
  }

  private static ClientThreads create(
      String name, int each, StartedThreads all, Optional<Transport> network) {
    var scheduler = new ScheduledThreadPoolExecutor(each, all.named(name + "-client"));
    scheduler.setRemoveOnCancelPolicy(true);
    scheduler.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    ThreadPoolExecutor callbacks = pool(each, all.named(name + "-callback"));
    ThreadPoolExecutor names = pool(1, all.named(name + "-names"));
    return new ClientThreads(
        network,
        scheduler,
        callbacks,
        names,
        () -> {
          scheduler.shutdown();
          network.ifPresent(Transport::shutdown);
          callbacks.shutdown();
          names.shutdown();
          all.awaitEnd();
        });
  }

  /**
   * Wraps threads that the caller owns; {@link #close} does nothing. Only for clients with a {@link
   * ChannelSource}.
   */
  public static ClientThreads of(ScheduledExecutorService scheduler, Executor callbacks) {
    return new ClientThreads(Optional.empty(), scheduler, callbacks, callbacks, () -> {});
  }

  private static ThreadPoolExecutor pool(int threads, ThreadFactory factory) {
    var pool =
        new ThreadPoolExecutor(
            threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /**
   * Starts building a channel that runs on these threads.
   *
   * @throws IllegalStateException if these threads have no network
   */
  public ManagedChannelBuilder<?> channel(String target, ChannelCredentials credentials) {
    return network
        .orElseThrow(
            () -> new IllegalStateException("threads without a network need a ChannelSource"))
        .begin(target, credentials);
  }

  /** Runs the clients' own work. */
  public ScheduledExecutorService scheduler() {
    return scheduler;
  }

  /** Runs callbacks. */
  public Executor callbacks() {
    return callbacks;
  }

  /** Resolves host names. That can be slow, so no callback and no renewal shares its thread. */
  public Executor names() {
    return names;
  }

  /**
   * Ends the threads and waits for each for at most 10 s. Close all clients that use them first.
   */
  @Override
  public void close() {
    end.run();
  }
}
