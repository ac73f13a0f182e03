package io.datastored.etcd.client;

import com.google.common.base.Ticker;
import io.datastored.etcd.client.EtcdCalls.Attempt;
import io.datastored.etcd.client.EtcdCalls.Leader;
import io.datastored.etcd.client.EtcdException.Kind;
import io.datastored.etcd.client.EtcdFaults.Effect;
import io.datastored.etcd.proto.Rpc;
import io.datastored.etcd.proto.WatchGrpc;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * An open watch is one stream of changes, from one member. It never opens itself again: whatever
 * ends it is reported to the listener, once, and who holds it knows from which revision to go on.
 * Thread-safe.
 */
public final class EtcdWatch implements AutoCloseable {

  private enum State {
    OPENING,
    OPEN,
    OVER
  }

  private final EtcdCalls calls;
  private final Attempt attempt;
  private final WatchListener listener;
  private final WatchedRevisions revisions;
  private final Ticker ticker;
  private final AtomicReference<State> state = new AtomicReference<>(State.OPENING);
  private final CompletableFuture<Void> opened = new CompletableFuture<>();
  private final Responses responses = new Responses();
  private volatile long lastResponse;

  private EtcdWatch(
      EtcdCalls calls, Attempt attempt, WatchQuery query, WatchListener listener, Ticker ticker) {
    this.calls = calls;
    this.attempt = attempt;
    this.listener = listener;
    this.revisions = new WatchedRevisions(query.fromRevision(), listener);
    this.ticker = ticker;
    this.lastResponse = ticker.read();
  }

  /** Opens it: returns when a member has said that it watches. */
  static EtcdWatch open(EtcdCalls calls, WatchQuery query, WatchListener listener, Ticker ticker)
      throws EtcdException {
    return calls.make(
        Effect.REPEATABLE,
        Leader.REQUIRED,
        attempt -> {
          EtcdWatch watch = new EtcdWatch(calls, attempt, query, listener, ticker);
          watch.start(query);
          return watch;
        });
  }

  private void start(WatchQuery query) throws EtcdException {
    ClientCalls.asyncBidiStreamingCall(
        attempt.channel().newCall(WatchGrpc.getWatchMethod(), attempt.options()), responses);
    responses.send(
        Rpc.WatchRequest.newBuilder()
            .setCreateRequest(
                Rpc.WatchCreateRequest.newBuilder()
                    .setKey(query.range().start())
                    .setRangeEnd(query.range().end())
                    .setStartRevision(query.fromRevision())
                    .setProgressNotify(true)
                    .setFragment(true))
            .build());
    try {
      opened.get(calls.timeout().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      giveUp(Status.DEADLINE_EXCEEDED.withDescription("a watch was not opened in time"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      giveUp(Status.CANCELLED.withDescription("interrupted"));
    } catch (ExecutionException e) {
      throw (EtcdException) e.getCause();
    }
  }

  // Unless it was opened, or has failed, at the last moment.
  private void giveUp(Status status) throws EtcdException {
    if (state.compareAndSet(State.OPENING, State.OVER)) {
      responses.cancel();
      throw EtcdCalls.failure(
          attempt.member(), status, Effect.REPEATABLE, status.asRuntimeException());
    }
  }

  /** How long nothing has come from etcd, not even an answer to {@link #requestProgress}. */
  public Duration silentFor() {
    return Duration.ofNanos(ticker.read() - lastResponse);
  }

  /** Whether it still delivers: neither ended nor closed. */
  public boolean isOpen() {
    return state.get() == State.OPEN;
  }

  /**
   * Asks etcd for a sign of life. It answers when all that it has for this watch is sent, with
   * {@link WatchListener#progress}.
   */
  public void requestProgress() {
    if (isOpen()) {
      responses.send(
          Rpc.WatchRequest.newBuilder()
              .setProgressRequest(Rpc.WatchProgressRequest.getDefaultInstance())
              .build());
    }
  }

  /** Ends it. The listener is not called again, except for a call that is being made. */
  @Override
  public void close() {
    state.set(State.OVER);
    responses.cancel();
  }

  private void end(EtcdException why) {
    State before = state.getAndSet(State.OVER);
    if (before == State.OVER) {
      return;
    }
    // Etcd may have ended the watch only, not the stream.
    responses.cancel();
    if (before == State.OPENING) {
      opened.completeExceptionally(why);
      return;
    }
    calls.failed(attempt.member(), attempt.token(), why.kind());
    listener.ended(why);
  }

  private void end(Kind kind, String why, @Nullable Throwable cause) {
    end(new EtcdException(kind, "etcd " + attempt.member().endpoint() + ": " + why, cause));
  }

  private void take(Rpc.WatchResponse response) {
    if (response.getCanceled() || response.getCompactRevision() != 0) {
      String reason = response.getCancelReason();
      end(
          EtcdFaults.kindOfCancel(reason, response.getCompactRevision()),
          "watch cancelled: " + (reason.isEmpty() ? "no reason given" : reason),
          null);
    } else if (response.getCreated()) {
      // The revision in its header is that of the store. It says nothing about what was sent.
      if (state.compareAndSet(State.OPENING, State.OPEN)) {
        opened.complete(null);
      }
    } else if (isOpen()) {
      try {
        revisions.take(response);
      } catch (WatchedRevisions.OutOfOrderException e) {
        end(Kind.ELSEWHERE, "watch out of order: " + e.getMessage(), e);
      } catch (RuntimeException e) {
        end(Kind.BUG, "the listener of a watch failed", e);
      }
    }
  }

  private final class Responses
      implements ClientResponseObserver<Rpc.WatchRequest, Rpc.WatchResponse> {

    private @Nullable ClientCallStreamObserver<Rpc.WatchRequest> requests;
    private boolean cancelled;

    @Override
    public void beforeStart(ClientCallStreamObserver<Rpc.WatchRequest> requests) {
      this.requests = requests;
    }

    // One at a time, and nothing behind a cancel: gRPC requires both.
    synchronized void send(Rpc.WatchRequest request) {
      if (!cancelled && requests != null) {
        requests.onNext(request);
      }
    }

    synchronized void cancel() {
      if (!cancelled && requests != null) {
        cancelled = true;
        requests.cancel("the watch is over", null);
      }
    }

    @Override
    public void onNext(Rpc.WatchResponse response) {
      lastResponse = ticker.read();
      take(response);
    }

    @Override
    public void onError(Throwable t) {
      end(EtcdCalls.failure(attempt.member(), Status.fromThrowable(t), Effect.REPEATABLE, t));
    }

    @Override
    public void onCompleted() {
      end(Kind.ELSEWHERE, "it ended the stream of a watch", null);
    }
  }
}
