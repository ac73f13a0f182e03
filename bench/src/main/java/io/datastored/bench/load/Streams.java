package io.datastored.bench.load;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Streams are many open watches of one server, which count the messages that report a change.
 * Thread-safe.
 *
 * @param <Q> type of the request
 * @param <A> type of the response
 */
final class Streams<Q, A> {

  private static final long WAIT_NANOS = 60_000_000_000L;

  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger changes = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();
  private final Predicate<A> isChange;
  private final int count;
  private final AtomicReference<@Nullable A> last = new AtomicReference<>();

  /** When the last stream received the current change, by {@link System#nanoTime}. */
  private volatile CompletableFuture<Long> heard = new CompletableFuture<>();

  private Streams(Predicate<A> isChange, int count) {
    this.isChange = isChange;
    this.count = count;
  }

  /** Opens streams and waits until each has received a message. */
  static <Q, A> Streams<Q, A> open(
      Connections connections,
      int count,
      MethodDescriptor<Q, A> method,
      IntFunction<Q> request,
      Predicate<A> isChange)
      throws Exception {
    Streams<Q, A> streams = new Streams<>(isChange, count);
    for (int i = 0; i < count; i++) {
      ClientCall<Q, A> call = connections.get(i).newCall(method, CallOptions.DEFAULT);
      call.start(streams.new Listener(call), new Metadata());
      call.sendMessage(request.apply(i));
      if (method.getType() == MethodDescriptor.MethodType.SERVER_STREAMING) {
        call.halfClose();
      }
      call.request(2);
      // A server may refuse more streams at once.
      if (i % 500 == 499) {
        streams.await(streams.opened, i + 1);
      }
    }
    streams.await(streams.opened, count);
    return streams;
  }

  /** Makes a change; the result is the time until the last stream received it, in nanoseconds. */
  long change(Runnable change) throws Exception {
    changes.set(0);
    heard = new CompletableFuture<>();
    long begun = System.nanoTime();
    change.run();
    try {
      return heard.get(WAIT_NANOS, TimeUnit.NANOSECONDS) - begun;
    } catch (TimeoutException e) {
      throw shortage(changes);
    }
  }

  /** The last message that reported a change. */
  A lastChange() {
    return Objects.requireNonNull(last.get());
  }

  private void await(AtomicInteger number, int wanted) throws TimeoutException {
    long begun = System.nanoTime();
    while (number.get() < wanted) {
      if (ended.get() > 0 || System.nanoTime() - begun > WAIT_NANOS) {
        throw shortage(number);
      }
      Thread.onSpinWait();
      Thread.yield();
    }
  }

  private TimeoutException shortage(AtomicInteger number) {
    return new TimeoutException(
        number + " of " + count + " streams have heard; " + ended + " have ended");
  }

  private final class Listener extends ClientCall.Listener<A> {
    private final ClientCall<Q, A> call;
    private boolean answered;

    Listener(ClientCall<Q, A> call) {
      this.call = call;
    }

    @Override
    public void onMessage(A message) {
      call.request(1);
      if (!answered) {
        answered = true;
        int unused = opened.incrementAndGet();
      } else if (isChange.test(message)) {
        last.set(message);
        if (changes.incrementAndGet() == count) {
          boolean unused = heard.complete(System.nanoTime());
        }
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      int unused = ended.incrementAndGet();
      boolean over = heard.completeExceptionally(status.asException(trailers));
    }
  }
}
