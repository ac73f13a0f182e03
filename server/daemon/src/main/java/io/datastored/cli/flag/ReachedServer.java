package io.datastored.cli.flag;

import com.google.common.collect.ImmutableList;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A reached server is the channel to the first of several servers that can be reached. Thread-safe:
 * the present channel is a volatile field. It looks for another one when {@link
 * #resetConnectBackoff} asks it to connect and the present one has no connection, which a followed
 * stream does before each attempt, and leaves the present one when {@link #enterIdle} says that its
 * connection is of no use.
 */
final class ReachedServer extends ManagedChannel {

  private final ImmutableList<String> targets;
  private final Function<String, ManagedChannel> channels;
  private final long timeoutNanos;
  private volatile ManagedChannel present;
  private int at;
  private volatile boolean over;

  /**
   * Looks for a server that can be reached; if there is none, calls to the last one fail.
   *
   * @param targets in the order in which they are tried; at least one
   * @param channels creates a channel to a target
   * @param timeout how long to wait for a connection to each
   */
  ReachedServer(
      ImmutableList<String> targets, Function<String, ManagedChannel> channels, Duration timeout) {
    this.targets = targets;
    this.channels = channels;
    this.timeoutNanos = timeout.toNanos();
    this.present = channels.apply(targets.get(0));
    reach();
  }

  @Override
  public void resetConnectBackoff() {
    present.resetConnectBackoff();
    reach();
  }

  private synchronized void reach() {
    for (int tried = 1; !over && !isReached(present) && tried < targets.size(); tried++) {
      // The server that is left has no connection, so nothing is in progress there.
      next();
    }
    if (over) {
      present.shutdownNow();
    }
  }

  private void next() {
    present.shutdownNow();
    at = (at + 1) % targets.size();
    present = channels.apply(targets.get(at));
  }

  /** Leaves the present server for the next one: it is silent, although it is connected. */
  @Override
  public synchronized void enterIdle() {
    next();
    if (over) {
      present.shutdownNow();
    }
  }

  /** Waits until the channel is connected or has failed to connect. */
  private boolean isReached(ManagedChannel channel) {
    long end = System.nanoTime() + timeoutNanos;
    while (true) {
      ConnectivityState state = channel.getState(true);
      if (state == ConnectivityState.READY) {
        return true;
      }
      long left = end - System.nanoTime();
      if (left <= 0
          || state == ConnectivityState.TRANSIENT_FAILURE
          || state == ConnectivityState.SHUTDOWN) {
        return false;
      }
      CountDownLatch changed = new CountDownLatch(1);
      channel.notifyWhenStateChanged(state, changed::countDown);
      try {
        boolean unused = changed.await(left, TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
  }

  @Override
  public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
    return present.newCall(method, options);
  }

  @Override
  public String authority() {
    return present.authority();
  }

  @Override
  public ConnectivityState getState(boolean connect) {
    return present.getState(connect);
  }

  @Override
  public ManagedChannel shutdown() {
    over = true;
    present.shutdown();
    return this;
  }

  @Override
  public ManagedChannel shutdownNow() {
    over = true;
    present.shutdownNow();
    return this;
  }

  @Override
  public boolean isShutdown() {
    return present.isShutdown();
  }

  @Override
  public boolean isTerminated() {
    return present.isTerminated();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return present.awaitTermination(timeout, unit);
  }
}
