package io.datastored.client;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A line is one channel to the server. Confined to the loop; answers come to the loop, too. It is
 * made when the first call needs it.
 */
final class Line {

  private static final String UNUSED = "not needed any more";
  private static final int MOST_DOUBLINGS = 3;
  private static final int FEWEST_TIME_OUTS = 2;
  private static final int MOST_TIME_OUTS = 16;
  private static final int MOST_OF_ONE_CALL = 4;

  private final Supplier<ManagedChannel> source;
  private final Loop loop;
  private final ClientClock clock;
  private final Counters counters;
  private final ClientMetrics metrics;
  private final ClientTimes times;
  private @Nullable ManagedChannel channel;

  /** How long the last answer took. */
  private Duration took = Duration.ZERO;

  /** How many attempts were in vain in a row, and after how many there is a new connection. */
  private int timeOuts;

  private int renewalAfter = FEWEST_TIME_OUTS;
  private long renewedAt;
  private boolean closed;

  private final LineTrouble trouble;

  Line(
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
    this.renewedAt = clock.now();
    this.trouble = new LineTrouble(loop);
  }

  /** Sends a request. It waits for a connection, for no longer than the deadline. */
  <Q, A> Call call(
      MethodDescriptor<Q, A> method, Q request, Duration deadline, Call.Answer<A> answer) {
    counters.serverCalls.increment();
    var sending = new Sending(clock);
    CallOptions options =
        CallOptions.DEFAULT
            .withWaitForReady()
            .withStreamTracerFactory(sending)
            .withDeadlineAfter(Math.max(1, deadline.toNanos()), TimeUnit.NANOSECONDS);
    var started = new Unary<Q, A>(channel().newCall(method, options), method, answer, sending);
    started.send(request);
    return started;
  }

  /** Opens a stream of answers, which are taken one by one as they are used. */
  <Q, A> Call stream(MethodDescriptor<Q, A> method, Q request, Call.Messages<A> messages) {
    var started =
        new Stream<Q, A>(
            channel().newCall(method, CallOptions.DEFAULT.withWaitForReady()), messages);
    started.send(request);
    return started;
  }

  /**
   * How long to wait for an answer before the call is made again: longer with each failure, and at
   * least twice as long as the last answer took. A server that thousands come back to is slow, and
   * to ask it again what it is about to answer would make it slower.
   */
  Duration patience(int failures) {
    Duration patience = times.attempt().multipliedBy(1L << Math.min(MOST_DOUBLINGS, failures));
    // A call's deadline has room for two, or a connection that is dead would never be found out.
    Duration learnt = shorter(took.multipliedBy(2), times.callDeadline().dividedBy(2));
    return shorter(patience.compareTo(learnt) < 0 ? learnt : patience, times.callDeadline());
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /**
   * The same for a renewal, which need not be made again while there is no connection: that is
   * looked after by {@link #nudge}.
   */
  Duration renewalPatience(int failures) {
    return is(ConnectivityState.READY) ? patience(failures) : openingPatience();
  }

  /** The same for what waits in line with that of all other clients. */
  Duration openingPatience() {
    return patience(MOST_DOUBLINGS);
  }

  /** The same, for no longer than a term, which may be short, unless attempts have failed. */
  Duration openingPatience(Duration term, int failures) {
    Duration patience = shorter(openingPatience(), term);
    Duration repeated = patience(failures);
    return patience.compareTo(repeated) < 0 ? repeated : patience;
  }

  /** The next calls go over a new connection: nobody answers on this one. */
  void renew() {
    if (channel != null) {
      renewedAt = clock.now();
      channel.enterIdle();
    }
  }

  /** Tries to connect now, if there is no connection; to be called every attempt. */
  void nudge() {
    if (channel == null) {
      return;
    }
    channel.resetConnectBackoff();
    // Once refused, a channel says so until it is connected, also while it waits for an answer.
    if (is(ConnectivityState.CONNECTING) || is(ConnectivityState.TRANSIENT_FAILURE)) {
      count(1);
    }
  }

  boolean isConnected() {
    return is(ConnectivityState.READY);
  }

  private boolean is(ConnectivityState state) {
    return channel != null && channel.getState(false) == state;
  }

  /** Why it has no connection. */
  LineTrouble trouble() {
    return trouble;
  }

  /** Ends everything at once. */
  void close() {
    closed = true;
    trouble.close();
    if (channel != null) {
      ManagedChannel unused = channel.shutdownNow();
    }
  }

  /** Waits until everything has ended; on any thread, after {@link #close}. */
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
    // The channel's own backoff grows to minutes; when to try is decided by who calls.
    open.resetConnectBackoff();
    return open;
  }

  private void answered() {
    timeOuts = 0;
    renewalAfter = FEWEST_TIME_OUTS;
  }

  /** A call that was made then was waited for in vain. */
  private void timedOut(long madeAt) {
    // What was asked on the connection before says nothing of this one.
    if (madeAt - renewedAt >= 0) {
      long attempts = clock.since(madeAt).dividedBy(times.attempt());
      count((int) Math.max(1, Math.min(MOST_OF_ONE_CALL, attempts)));
    }
  }

  /**
   * A connection on which calls are waited for in vain may be a dead one, which is not heard of
   * otherwise; and one that is not made after several attempts may wait for a packet that was lost.
   * But the server may be slow without being dead, so each new connection in vain doubles the
   * patience.
   */
  private void count(int attempts) {
    timeOuts += attempts;
    if (timeOuts >= renewalAfter) {
      timeOuts = 0;
      renewalAfter = Math.min(2 * renewalAfter, MOST_TIME_OUTS);
      renew();
    }
  }

  private final class Unary<Q, A> extends ClientCall.Listener<A> implements Call {
    private final ClientCall<Q, A> call;
    private final MethodDescriptor<Q, A> method;
    private final Answer<A> answer;
    private final Sending sending;
    private final long madeAt = clock.now();
    private @Nullable A message;
    private boolean over;

    Unary(ClientCall<Q, A> call, MethodDescriptor<Q, A> method, Answer<A> answer, Sending sending) {
      this.call = call;
      this.method = method;
      this.answer = answer;
      this.sending = sending;
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
      String name = method.getBareMethodName();
      Duration since = clock.since(madeAt);
      metrics.serverCall(
          name == null ? method.getFullMethodName() : name, status.getCode().name(), since);
      A received = message;
      if (status.isOk() && received != null) {
        long sentAt = sending.at();
        took = clock.since(sentAt);
        Line.this.answered();
        answer.answered(received, sentAt);
        return;
      }
      Failure failure = Failure.of(status.asRuntimeException(trailers));
      if (failure.isTimeOut()) {
        timedOut(madeAt);
      } else if (failure.refusal().isPresent()) {
        Line.this.answered();
      }
      answer.failed(failure);
    }

    @Override
    public void cancel() {
      if (!over) {
        over = true;
        // Who gives it up at its deadline may come just before the deadline does.
        if (clock.since(madeAt).compareTo(times.attempt()) >= 0) {
          timedOut(madeAt);
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
              // Only now the next one may come: what is not applied waits at the server, where it
              // is merged, and not here.
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
