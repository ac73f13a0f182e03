package io.datastored.client;

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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A server channel is one gRPC channel to the server, created by the first call. Confined to the
 * loop, on which answers are delivered, too.
 *
 * <p>A call is sent once, and ends with its answer, by its caller or with the connection. Keepalive
 * detects a dead connection; signs of life, which are repeated calls, detect it sooner.
 */
final class ServerChannel {

  private static final String UNUSED = "not needed any more";
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
  private final LineTrouble trouble;
  private final Patience patience;

  ServerChannel(
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
    this.trouble = new LineTrouble(loop);
    this.patience = new Patience(times, clock);
  }

  /** Sends a request; the call waits for a connection and then for its answer. */
  <Q, A> Call call(MethodDescriptor<Q, A> method, Q request, Call.Answer<A> answer) {
    return send(method, request, CallOptions.DEFAULT, false, answer);
  }

  /** The same, with a deadline. */
  <Q, A> Call call(
      MethodDescriptor<Q, A> method, Q request, Duration deadline, Call.Answer<A> answer) {
    return send(method, request, until(deadline), false, answer);
  }

  /** The same; if the call times out, this counts against the connection. */
  <Q, A> Call signOfLife(
      MethodDescriptor<Q, A> method, Q request, Duration patience, Call.Answer<A> answer) {
    return send(method, request, until(patience), true, answer);
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
      Call.Answer<A> answer) {
    counters.serverCalls.increment();
    var sending = new Sending(clock);
    ClientCall<Q, A> call =
        channel().newCall(method, options.withWaitForReady().withStreamTracerFactory(sending));
    var started = new Unary<Q, A>(call, method, answer, sending, vital);
    underWay.add(started);
    started.send(request);
    nudgeLater();
    return started;
  }

  /** Opens a stream; the next message is requested when the previous one has been processed. */
  <Q, A> Call stream(MethodDescriptor<Q, A> method, Q request, Call.Messages<A> messages) {
    var started =
        new Stream<Q, A>(
            channel().newCall(method, CallOptions.DEFAULT.withWaitForReady()), messages);
    started.send(request);
    return started;
  }

  /** The patience with which this channel waits for signs of life. */
  Patience patience() {
    return patience;
  }

  /**
   * Reconnects, because the present connection does not answer. Calls on it fail now and can be
   * repeated, except signs of life, which have short deadlines of their own.
   */
  void renew() {
    connectAnew();
    for (Unary<?, ?> call : List.copyOf(underWay)) {
      if (!call.vital) {
        call.giveUp();
      }
    }
  }

  /** Reconnects; calls that wait for a connection keep waiting. */
  private void connectAnew() {
    if (channel != null) {
      patience.connectedAnew();
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
    trouble.look();
    ManagedChannel unused = channel();
    // Once refused, a channel reports TRANSIENT_FAILURE until connected, even during an attempt. An
    // attempt that takes this long may wait for a lost packet.
    if ((is(ConnectivityState.CONNECTING) || is(ConnectivityState.TRANSIENT_FAILURE))
        && patience.ends(1)) {
      connectAnew();
    }
    nudgeLater();
  }

  boolean isConnected() {
    return is(ConnectivityState.READY);
  }

  private boolean is(ConnectivityState state) {
    return channel != null && channel.getState(false) == state;
  }

  /** The reason that this channel has no connection. */
  LineTrouble trouble() {
    return trouble;
  }

  /** Shuts the channel down; all calls end at once. */
  void close() {
    closed = true;
    trouble.close();
    if (nudge != null) {
      nudge.cancel();
    }
    if (channel != null) {
      ManagedChannel unused = channel.shutdownNow();
    }
  }

  /** Waits until the channel has terminated. May be called on any thread, after {@link #close}. */
  void awaitEnd(Duration patience) throws InterruptedException {
    ManagedChannel ending = channel;
    if (ending != null) {
      boolean unused = ending.awaitTermination(patience.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private ManagedChannel channel() {
    ManagedChannel open = channel;
    if (open == null) {
      open = source.get();
      channel = open;
      trouble.follow(open);
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
    private final Answer<A> answer;
    private final Sending sending;
    private final boolean vital;
    private final long madeAt = clock.now();
    private @Nullable A message;
    private boolean over;

    Unary(
        ClientCall<Q, A> call,
        MethodDescriptor<Q, A> method,
        Answer<A> answer,
        Sending sending,
        boolean vital) {
      this.call = call;
      this.method = method;
      this.answer = answer;
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
        patience.answered(clock.since(sentAt));
        answer.answered(received, sentAt);
        return;
      }
      Failure failure = Failure.of(status.asRuntimeException(trailers));
      if (failure.isTimeOut()) {
        waitedInVain();
      } else if (failure.refusal().isPresent()) {
        patience.heard();
      }
      answer.failed(failure);
    }

    private void waitedInVain() {
      if (vital && patience.endsSince(madeAt)) {
        renew();
      }
    }

    /** Fails the call with its connection; an answer that has already arrived comes first. */
    void giveUp() {
      loop.execute(() -> closed(GIVEN_UP, new Metadata()));
      call.cancel(UNUSED, null);
    }

    @Override
    public void cancel() {
      if (!over) {
        over = true;
        underWay.remove(this);
        // A call that has waited and is cancelled, as its term is over, counts as unanswered.
        if (clock.since(madeAt).compareTo(times.attempt()) >= 0) {
          waitedInVain();
        }
        call.cancel(UNUSED, null);
      }
    }
  }

  private final class Stream<Q, A> extends ClientCall.Listener<A> implements Call {
    private final ClientCall<Q, A> call;
    private final Messages<A> messages;
    private boolean over;

    Stream(ClientCall<Q, A> call, Messages<A> messages) {
      this.call = call;
      this.messages = messages;
    }

    void send(Q request) {
      call.start(this, new Metadata());
      call.request(1);
      call.sendMessage(request);
      call.halfClose();
    }

    @Override
    public void onMessage(A message) {
      long arrivedAt = clock.now();
      loop.execute(
          () -> {
            if (!over) {
              messages.message(message, arrivedAt);
              // Request the next message only now: changes that are not applied yet wait at the
              // server, where they are merged, and not here.
              call.request(1);
            }
          });
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      loop.execute(
          () -> {
            if (!over) {
              over = true;
              messages.ended(Failure.of(status.asRuntimeException(trailers)));
            }
          });
    }

    @Override
    public void cancel() {
      if (!over) {
        over = true;
        call.cancel(UNUSED, null);
      }
    }
  }
}
