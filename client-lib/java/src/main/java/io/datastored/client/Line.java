package io.datastored.client;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
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

  private final Supplier<ManagedChannel> source;
  private final Loop loop;
  private final ClientClock clock;
  private final Counters counters;
  private final ClientMetrics metrics;
  private @Nullable ManagedChannel channel;
  private int timeOuts;
  private boolean closed;

  Line(
      Supplier<ManagedChannel> source,
      Loop loop,
      ClientClock clock,
      Counters counters,
      ClientMetrics metrics) {
    this.source = source;
    this.loop = loop;
    this.clock = clock;
    this.counters = counters;
    this.metrics = metrics;
  }

  /** Sends a request. It waits for a connection, for no longer than the deadline. */
  <Q, A> Call call(
      MethodDescriptor<Q, A> method, Q request, Duration deadline, Call.Answer<A> answer) {
    counters.serverCalls.increment();
    CallOptions options =
        CallOptions.DEFAULT
            .withWaitForReady()
            .withDeadlineAfter(Math.max(1, deadline.toNanos()), TimeUnit.NANOSECONDS);
    var started = new Unary<Q, A>(channel().newCall(method, options), method, answer);
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

  /** The next calls go over a new connection: nobody answers on this one. */
  void renew() {
    if (channel != null) {
      channel.enterIdle();
    }
  }

  /** Tries to connect now, if there is no connection. */
  void nudge() {
    if (channel != null) {
      channel.resetConnectBackoff();
    }
  }

  /** Ends everything at once. */
  void close() {
    closed = true;
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
      if (closed) {
        ManagedChannel unused = open.shutdownNow();
      }
    }
    // The channel's own backoff grows to minutes; when to try is decided by who calls.
    open.resetConnectBackoff();
    return open;
  }

  private void heard(boolean timeOut) {
    timeOuts = timeOut ? timeOuts + 1 : 0;
    // Twice: a server that is busy, after its restart for instance, is not helped by new
    // connections; one behind a dead connection is not reached without.
    if (timeOuts >= 2) {
      renew();
    }
  }

  private final class Unary<Q, A> extends ClientCall.Listener<A> implements Call {
    private final ClientCall<Q, A> call;
    private final MethodDescriptor<Q, A> method;
    private final Answer<A> answer;
    private final long sentAt = clock.now();
    private @Nullable A message;
    private boolean over;

    Unary(ClientCall<Q, A> call, MethodDescriptor<Q, A> method, Answer<A> answer) {
      this.call = call;
      this.method = method;
      this.answer = answer;
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
      metrics.serverCall(
          name == null ? method.getFullMethodName() : name,
          status.getCode().name(),
          clock.since(sentAt));
      A received = message;
      if (status.isOk() && received != null) {
        heard(false);
        answer.answered(received);
        return;
      }
      Failure failure = Failure.of(status.asRuntimeException(trailers));
      heard(failure.isTimeOut());
      answer.failed(failure);
    }

    @Override
    public void cancel() {
      if (!over) {
        over = true;
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
