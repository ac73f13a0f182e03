package io.datastored.client.internal.transport;

import io.datastored.client.ClientMetrics;
import io.datastored.client.ClientOptions;
import io.datastored.client.ClientTimes;
import io.datastored.client.internal.loop.ClientClock;
import io.datastored.client.internal.loop.Counters;
import io.datastored.client.internal.loop.Loop;
import io.datastored.client.internal.transport.UnaryCall.Kind;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A server channel is one gRPC channel to the server, created by the first call. Confined to the
 * loop, on which answers are delivered, too.
 *
 * <p>A call is sent once, and ends with its answer, by its caller or with the connection. Keepalive
 * detects a dead connection; heartbeats, which are repeated calls, detect it sooner.
 */
public final class ServerChannel {

  private final Supplier<ManagedChannel> source;
  private final Loop loop;
  private final ClientClock clock;
  private final Counters counters;
  private final ClientMetrics metrics;
  private final ClientTimes times;
  private @Nullable ManagedChannel channel;

  /** The unary calls that are not answered yet. */
  private final Set<UnaryCall<?, ?>> underWay = new LinkedHashSet<>();

  private Loop.@Nullable Timer nudge;
  private boolean closed;
  private final ConnectionHealth health;
  private final FailureDetector detector;
  private @Nullable Runnable unreachable;

  public ServerChannel(
      Supplier<ManagedChannel> source,
      Loop loop,
      ClientClock clock,
      Counters counters,
      Targets targets,
      ClientOptions options) {
    this.source = source;
    this.loop = loop;
    this.clock = clock;
    this.counters = counters;
    this.metrics = options.metrics();
    this.times = options.times();
    this.health = new ConnectionHealth(loop, targets);
    this.detector = new FailureDetector(times, clock);
  }

  /** Sends a request; the call waits for a connection and then for its answer. */
  public <Q, A> Call call(
      MethodDescriptor<Q, A> method, Q request, Call.Answer<A> answered, Consumer<Failure> failed) {
    return send(method, request, CallOptions.DEFAULT, Kind.REPEATED, answered, failed);
  }

  /** The same, with a deadline. */
  public <Q, A> Call call(
      MethodDescriptor<Q, A> method,
      Q request,
      Duration deadline,
      Call.Answer<A> answered,
      Consumer<Failure> failed) {
    return send(method, request, until(deadline), Kind.REPEATED, answered, failed);
  }

  /** The same, for a call that is not repeated: it stays on the connection on which it was sent. */
  public <Q, A> void callOnce(
      MethodDescriptor<Q, A> method,
      Q request,
      Duration deadline,
      Call.Answer<A> answered,
      Consumer<Failure> failed) {
    Call unused = send(method, request, until(deadline), Kind.ONCE, answered, failed);
  }

  /** The same; if the call times out, this counts against the connection. */
  public <Q, A> Call heartbeat(
      MethodDescriptor<Q, A> method,
      Q request,
      Duration timeout,
      Call.Answer<A> answered,
      Consumer<Failure> failed) {
    return send(method, request, until(timeout), Kind.HEARTBEAT, answered, failed);
  }

  private static CallOptions until(Duration deadline) {
    return CallOptions.DEFAULT.withDeadlineAfter(
        Math.max(1, deadline.toNanos()), TimeUnit.NANOSECONDS);
  }

  private <Q, A> Call send(
      MethodDescriptor<Q, A> method,
      Q request,
      CallOptions options,
      Kind kind,
      Call.Answer<A> answered,
      Consumer<Failure> failed) {
    counters.serverCalls.increment();
    var sending = new Sending(clock);
    ClientCall<Q, A> call =
        channel().newCall(method, options.withWaitForReady().withStreamTracerFactory(sending));
    Runnable again =
        () -> {
          Call unused = send(method, request, options, kind, answered, failed);
        };
    var started = new UnaryCall<Q, A>(this, call, method, answered, failed, sending, kind, again);
    underWay.add(started);
    started.send(request);
    nudgeLater();
    return started;
  }

  /** Opens a stream; the next message is requested when the previous one has been processed. */
  public <Q, A> Call stream(MethodDescriptor<Q, A> method, Q request, Call.Messages<A> messages) {
    var started =
        new StreamCall<Q, A>(
            channel().newCall(method, CallOptions.DEFAULT.withWaitForReady()),
            messages,
            loop,
            clock);
    started.send(request);
    return started;
  }

  /** The rule of how long to wait for heartbeats. */
  public FailureDetector detector() {
    return detector;
  }

  /**
   * Reconnects, because the present connection does not answer. Calls on it fail now and can be
   * repeated, except heartbeats, which have short deadlines of their own.
   */
  public void renew() {
    reconnect();
    if (unreachable == null) {
      giveUp(call -> call.kind() != Kind.HEARTBEAT);
    }
  }

  private void giveUp(Predicate<UnaryCall<?, ?>> which) {
    List.copyOf(underWay).stream().filter(which).forEach(UnaryCall::giveUp);
  }

  /**
   * Sets the action that is run instead of connecting to the same server again: there are others.
   */
  public void onUnreachable(Runnable action) {
    unreachable = action;
  }

  /**
   * Makes all later calls at the server that is the present one then. Calls that can be repeated
   * fail now; the others, and streams, go on where they are, unless they were never sent.
   */
  public Optional<LeftServer> leave() {
    ManagedChannel left = channel;
    channel = null;
    health.leave();
    detector.left();
    giveUp(call -> call.kind() == Kind.REPEATED);
    List<UnaryCall<?, ?>> neverSent =
        List.copyOf(underWay).stream()
            .filter(call -> call.kind() == Kind.ONCE && call.withdraw())
            .toList();
    // Later: then another server is the present one.
    loop.execute(() -> neverSent.forEach(UnaryCall::again));
    return Optional.ofNullable(left).map(LeftServer::new);
  }

  /** Reconnects; calls that wait for a connection keep waiting. */
  private void reconnect() {
    Runnable elsewhere = unreachable;
    if (elsewhere != null) {
      ManagedChannel failing = channel;
      // Later: the caller still has to handle what it found. Only once: whoever is first leaves.
      loop.execute(
          () -> {
            if (channel == failing && !closed) {
              elsewhere.run();
            }
          });
    } else if (channel != null) {
      detector.reconnected();
      channel.enterIdle();
    }
  }

  /** Schedules repeated connection attempts while calls are in progress without a connection. */
  private void nudgeLater() {
    if (nudge == null) {
      nudge = loop.schedule(times.attempt(), this::nudge);
    }
  }

  private void nudge() {
    nudge = null;
    if (underWay.isEmpty()) {
      return;
    }
    health.look();
    ManagedChannel unused = channel();
    // Once refused, a channel reports TRANSIENT_FAILURE until connected, even during an attempt. An
    // attempt that takes this long may wait for a lost packet.
    if ((is(ConnectivityState.CONNECTING) || is(ConnectivityState.TRANSIENT_FAILURE))
        && detector.missed(1)) {
      reconnect();
    }
    nudgeLater();
  }

  public boolean isConnected() {
    return is(ConnectivityState.READY);
  }

  private boolean is(ConnectivityState state) {
    return channel != null && channel.getState(false) == state;
  }

  /** The reason that this channel has no connection. */
  public ConnectionHealth health() {
    return health;
  }

  /** Shuts the channel down; all calls end at once. */
  public void close() {
    closed = true;
    health.close();
    Loop.Timer.cancel(nudge);
    if (channel != null) {
      ManagedChannel unused = channel.shutdownNow();
    }
  }

  /** Waits until the channel has terminated. May be called on any thread, after {@link #close}. */
  public void awaitEnd(Duration timeout) throws InterruptedException {
    ManagedChannel ending = channel;
    if (ending != null) {
      boolean unused = ending.awaitTermination(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private ManagedChannel channel() {
    ManagedChannel open = channel;
    if (open == null) {
      open = source.get();
      channel = open;
      health.begin(open);
      if (closed) {
        ManagedChannel unused = open.shutdownNow();
      }
    }
    // The channel's own backoff grows to minutes; here the callers decide when to connect.
    open.resetConnectBackoff();
    return open;
  }

  Loop loop() {
    return loop;
  }

  ClientClock clock() {
    return clock;
  }

  /** Records how a call has ended. */
  void ended(UnaryCall<?, ?> call, String method, Status status) {
    underWay.remove(call);
    metrics.serverCall(method, status.getCode().name(), clock.since(call.madeAt()));
  }

  /** Records that a call was taken back, as it was never sent. */
  void withdrawn(UnaryCall<?, ?> call) {
    underWay.remove(call);
  }

  /** Records that a call was cancelled; one that has waited for long counts as unanswered. */
  void cancelled(UnaryCall<?, ?> call) {
    underWay.remove(call);
    if (clock.since(call.madeAt()).compareTo(times.attempt()) >= 0) {
      missed(call);
    }
  }

  /** Records that a call was not answered in time. */
  void missed(UnaryCall<?, ?> call) {
    if (call.kind() == Kind.HEARTBEAT && detector.missedSince(call.madeAt())) {
      renew();
    }
  }
}
