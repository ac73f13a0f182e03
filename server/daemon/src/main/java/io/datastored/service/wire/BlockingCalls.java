package io.datastored.service.wire;

import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * Blocking calls are those that may touch a disk: they leave the transport's thread and run on a
 * bounded pool. Thread-safe. The hop is here and not in gRPC's call executor, because a full pool
 * must answer its caller and not throw in the transport, where it would take the connection down.
 */
public final class BlockingCalls {
  private final Executor pool;
  private final Supplier<Refusal> full;
  private final UncaughtExceptions uncaught;

  /**
   * @param pool bounded in threads and queue; rejects what is too much
   * @param full what a rejected call is told
   */
  public BlockingCalls(Executor pool, Supplier<Refusal> full, UncaughtExceptions uncaught) {
    this.pool = pool;
    this.full = full;
    this.uncaught = uncaught;
  }

  /** Runs {@code answer} on the pool and ends the call with what it returns or throws. */
  public <A> void answer(StreamObserver<A> observer, Supplier<A> answer) {
    var call = (ServerCallStreamObserver<A>) observer;
    // Without a handler, an answer to a call that was cancelled meanwhile would throw.
    call.setOnCancelHandler(() -> {});
    resume(call, answer);
  }

  /** The same for a call that has waited for something, and has a handler for its cancellation. */
  public <A> void resume(ServerCallStreamObserver<A> call, Supplier<A> answer) {
    Runnable work = Context.current().wrap(() -> run(call, answer));
    try {
      pool.execute(work);
    } catch (RejectedExecutionException e) {
      call.onError(full.get());
    } catch (Throwable e) {
      // No thread can be had: an Error, and of no use to the transport.
      uncaught.end(call, e);
    }
  }

  /**
   * The same in this thread, which must not block, where memory is enough for an answer.
   *
   * @param fromMemory empty when it is not
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
      return; // nobody is waiting: a write that has not begun is not begun
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
