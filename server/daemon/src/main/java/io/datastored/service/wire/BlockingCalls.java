package io.datastored.service.wire;

import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * Blocking calls are calls that may touch a disk; they leave the transport's thread and run on a
 * bounded pool. Thread-safe. The hand-over is here and not in gRPC's call executor, because a full
 * pool must answer its caller: an exception in the transport would close the connection.
 */
public final class BlockingCalls {
  private final Executor pool;
  private final Supplier<Refusal> full;
  private final UncaughtExceptions uncaught;

  /**
   * @param pool bounded in threads and queue; rejects work when it is full
   * @param full the answer to a rejected call
   */
  public BlockingCalls(Executor pool, Supplier<Refusal> full, UncaughtExceptions uncaught) {
    this.pool = pool;
    this.full = full;
    this.uncaught = uncaught;
  }

  /** Runs {@code answer} on the pool and ends the call with its result or exception. */
  public <A> void answer(StreamObserver<A> observer, Supplier<A> answer) {
    var call = (ServerCallStreamObserver<A>) observer;
    // Without a handler, an answer to a call that was cancelled while this ran would throw.
    call.setOnCancelHandler(() -> {});
    resume(call, answer);
  }

  /** Like {@link #answer}, for a call that has waited and already has a cancellation handler. */
  public <A> void resume(ServerCallStreamObserver<A> call, Supplier<A> answer) {
    Runnable work = Context.current().wrap(() -> run(call, answer));
    try {
      pool.execute(work);
    } catch (RejectedExecutionException e) {
      call.onError(full.get());
    } catch (Throwable e) {
      // No thread can be created: an Error, which the transport cannot handle.
      uncaught.end(call, e);
    }
  }

  /**
   * Like {@code resume}, but on this thread, which must not block, if memory suffices for the
   * answer.
   *
   * @param fromMemory empty if memory does not suffice
   */
  public <A> void resume(
      ServerCallStreamObserver<A> call, Supplier<Optional<A>> fromMemory, Supplier<A> answer) {
    if (call.isCancelled()) {
      return;
    }
    try {
      Optional<A> now = fromMemory.get();
      if (now.isPresent()) {
        call.onNext(now.get());
        call.onCompleted();
        return;
      }
    } catch (RuntimeException e) {
      call.onError(uncaught.status(e));
      return;
    }
    resume(call, answer);
  }

  private <A> void run(ServerCallStreamObserver<A> call, Supplier<A> answer) {
    if (call.isCancelled()) {
      return; // the client has gone: do not start the write
    }
    try {
      A message = answer.get();
      call.onNext(message);
      call.onCompleted();
    } catch (Throwable e) {
      uncaught.end(call, e);
    }
  }
}
