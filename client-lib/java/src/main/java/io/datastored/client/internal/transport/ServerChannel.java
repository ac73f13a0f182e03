package io.datastored.client.internal.transport;

import io.datastored.client.ClientMetrics;
import io.datastored.client.ClientOptions;
import io.datastored.client.ClientTimes;
import io.datastored.client.internal.loop.ClientClock;
import io.datastored.client.internal.loop.Counters;
import io.datastored.client.internal.loop.Loop;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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

  private static final Status GIVEN_UP =
      Status.UNAVAILABLE.withDescription("no answer on this connection; it is closed");

  private final Supplier<ManagedChannel> source;
  private final Loop loop;
  private final ClientClock clock;
  private final Counters counters;
  private final ClientMetrics metrics;
  private final ClientTimes times;
  private @Nullable ManagedChannel channel;

  /** The unary calls that are not answered yet. */
  private final Set<Unary<?, ?>> underWay = new LinkedHashSet<>();

  private Loop.@Nullable Timer nudge;
  private boolean closed;
  private final ConnectionHealth health;
  private final FailureDetector detector;

  public ServerChannel(
      Supplier<ManagedChannel> source,
      Loop loop,
      ClientClock clock,
      Counters counters,
      ClientOptions options) {
    this.source = source;
    this.loop = loop;
    this.clock = clock;
    this.counters = counters;
    this.metrics = options.metrics();
    this.times = options.times();
    this.health = new ConnectionHealth(loop);
    this.detector = new FailureDetector(times, clock);
  }

  /** Sends a request; the call waits for a connection and then for its answer. */
  public <Q, A> Call call(
      MethodDescriptor<Q, A> method, Q request, Call.Answer<A> answered, Consumer<Failure> failed) {
    return send(method, request, CallOptions.DEFAULT, false, answered, failed);
  }

  /** The same, with a deadline. */
  public <Q, A> Call call(
      MethodDescriptor<Q, A> method,
      Q request,
      Duration deadline,
      Call.Answer<A> answered,
      Consumer<Failure> failed) {
    return send(method, request, until(deadline), false, answered, failed);
  }

  /** The same; if the call times out, this counts against the connection. */
  public <Q, A> Call heartbeat(
      MethodDescriptor<Q, A> method,
      Q request,
      Duration timeout,
      Call.Answer<A> answered,
      Consumer<Failure> failed) {
    return send(method, request, until(timeout), true, answered, failed);
  }

  private static CallOptions until(Duration deadline) {
    return CallOptions.DEFAULT.withDeadlineAfter(
        Math.max(1, deadline.toNanos()), TimeUnit.NANOSECONDS);
  }

  private <Q, A> Call send(
      MethodDescriptor<Q, A> method,
      Q request,
      CallOptions options,
      boolean vital,
      Call.Answer<A> answered,
      Consumer<Failure> failed) {
    counters.serverCalls.increment();
    var sending = new Sending(clock);
    ClientCall<Q, A> call =
        channel().newCall(method, options.withWaitForReady().withStreamTracerFactory(sending));
    var started = new Unary<Q, A>(call, method, answered, failed, sending, vital);
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
    for (Unary<?, ?> call : List.copyOf(underWay)) {
      if (!call.vital) {
        call.giveUp();
      }
    }
  }

  /** Reconnects; calls that wait for a connection keep waiting. */
  private void reconnect() {
    if (channel != null) {
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
      health.follow(open);
      if (closed) {
        ManagedChannel unused = open.shutdownNow();
      }
    }
    // The channel's own backoff grows to minutes; here the callers decide when to connect.
    open.resetConnectBackoff();
    return open;
  }

  private final class Unary<Q, A> extends ClientCall.Listener<A> implements Call {
    private final ClientCall<Q, A> call;
    private final MethodDescriptor<Q, A> method;
    private final Answer<A> answered;
    private final Consumer<Failure> failed;
    private final Sending sending;
    private final boolean vital;
    private final long madeAt = clock.now();
    private @Nullable A message;
    private boolean over;

    Unary(
        ClientCall<Q, A> call,
        MethodDescriptor<Q, A> method,
        Answer<A> answered,
        Consumer<Failure> failed,
        Sending sending,
        boolean vital) {
      this.call = call;
      this.method = method;
      this.answered = answered;
      this.failed = failed;
      this.sending = sending;
      this.vital = vital;
    }

    void send(Q request) {
      call.start(this, new Metadata());
      call.request(2);
      call.sendMessage(request);
      call.halfClose();
    }

    @Override
    public void onMessage(A received) {
      message = received;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      loop.execute(() -> closed(status, trailers));
    }

    private void closed(Status status, Metadata trailers) {
      if (over) {
        return;
      }
      over = true;
      underWay.remove(this);
      String name = method.getBareMethodName();
      Duration since = clock.since(madeAt);
      metrics.serverCall(
          name == null ? method.getFullMethodName() : name, status.getCode().name(), since);
      A received = message;
      if (status.isOk() && received != null) {
        long sentAt = sending.at();
        detector.answered(clock.since(sentAt));
        answered.accept(received, sentAt);
        return;
      }
      Failure failure = Failure.of(status.asRuntimeException(trailers));
      if (failure.isTimeOut()) {
        missed();
      } else if (failure.refusal().isPresent()) {
        detector.responded();
      }
      failed.accept(failure);
    }

    private void missed() {
      if (vital && detector.missedSince(madeAt)) {
        renew();
      }
    }

    /** Fails the call with its connection; an answer that has already arrived comes first. */
    void giveUp() {
      loop.execute(() -> closed(GIVEN_UP, new Metadata()));
      call.cancel(StreamCall.UNUSED, null);
    }

    @Override
    public void cancel() {
      if (!over) {
        over = true;
        underWay.remove(this);
        // A call that has waited and is cancelled, as its term is over, counts as unanswered.
        if (clock.since(madeAt).compareTo(times.attempt()) >= 0) {
          missed();
        }
        call.cancel(StreamCall.UNUSED, null);
      }
    }
  }
}
