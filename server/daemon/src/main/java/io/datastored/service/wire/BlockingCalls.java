package io.datastored.service.wire;

import com.google.protobuf.MessageLite;
import io.datastored.access.Shares;
import io.datastored.service.trace.CallTimes;
import io.datastored.service.trace.SlowCalls;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Blocking calls are calls that may touch a disk; they leave the transport's thread and run on a
 * bounded pool. Thread-safe. The hand-over is here and not in gRPC's call executor, because a full
 * pool must answer its caller: an exception in the transport would close the connection.
 */
public final class BlockingCalls {
  private final Function<Caller, Executor> pools;
  private final CallLimits limits;
  private final Refusals refusals;
  private final UncaughtExceptions uncaught;
  private final SlowCalls slow;

  /**
   * @param pools the threads for the calls of a caller, bounded in number and queue; rejects work
   *     when they are full. Operators have threads of their own: however much others ask, a mode is
   *     set at once
   * @param limits what calls may take up
   * @param slow times them
   */
  public BlockingCalls(
      Function<Caller, Executor> pools,
      CallLimits limits,
      Refusals refusals,
      UncaughtExceptions uncaught,
      SlowCalls slow) {
    this.pools = pools;
    this.limits = limits;
    this.refusals = refusals;
    this.uncaught = uncaught;
    this.slow = slow;
  }

  /** Runs {@code answer} on the pool and ends the call with its result or exception. */
  public <A> void answer(StreamObserver<A> observer, Supplier<A> answer) {
    var call = (ServerCallStreamObserver<A>) observer;
    // Without a handler, an answer to a call that was cancelled while this ran would throw.
    call.setOnCancelHandler(() -> {});
    handOver(Caller.current(), call, answer);
  }

  /**
   * Like {@link #answer}, in two steps: in between, the call keeps its place and holds no thread.
   *
   * @param work what it returns is done when the answer can be made, and does not fail
   */
  public <A> void answerLater(
      StreamObserver<A> observer, Supplier<CompletableFuture<Supplier<A>>> work) {
    var call = (ServerCallStreamObserver<A>) observer;
    call.setOnCancelHandler(() -> {});
    Caller caller = Caller.current();
    handOver(
        caller,
        call,
        giveBack -> {
          CompletableFuture<Supplier<A>> ready;
          boolean waits = false;
          try {
            if (call.isCancelled()) {
              return; // the client has gone: do not start the write
            }
            ready = work.get();
            waits = !ready.isDone();
          } catch (Throwable e) {
            uncaught.end(call, e);
            return;
          } finally {
            if (!waits) {
              giveBack.run();
            }
          }
          if (waits) {
            Context context = Context.current();
            CompletableFuture<Void> unused =
                ready.thenAccept(answer -> goOn(caller, call, context, answer, giveBack));
          } else {
            run(call, ready.join(), () -> {});
          }
        });
  }

  /** Whatever completes the wait must not be blocked, so the answer is made on the pool. */
  private <A> void goOn(
      Caller caller,
      ServerCallStreamObserver<A> call,
      Context context,
      Supplier<A> answer,
      Runnable giveBack) {
    try {
      pools.apply(caller).execute(context.wrap(() -> run(call, answer, giveBack)));
    } catch (RejectedExecutionException e) {
      giveBack.run();
      call.onError(refusals.notReady("the change was made, but too many calls wait for an answer"));
    }
  }

  /**
   * Like {@link #answer}, for an answer that may be large and changes nothing: it is refused if the
   * caller, or all callers, leave too much unread.
   */
  public <A extends MessageLite> void answerLarge(StreamObserver<A> observer, Supplier<A> answer) {
    var call = (ServerCallStreamObserver<A>) observer;
    Caller caller = Caller.current();
    var unread = new UnreadAnswer(limits.unread(), caller.subject());
    call.setOnCancelHandler(unread::end);
    call.setOnCloseHandler(unread::end);
    handOver(
        caller,
        call,
        () -> {
          A large = answer.get();
          if (!unread.tryBegin(large)) {
            throw refusals.busy(
                limits.unread().reached(caller.principal(), large.getSerializedSize()));
          }
          return large;
        });
  }

  /**
   * Like {@link #answer}, for a call that has waited and already has a cancellation handler; but on
   * this thread, which must not block, if memory suffices for the answer.
   *
   * @param fromMemory empty if memory does not suffice
   */
  public <A> void resume(
      Caller caller,
      ServerCallStreamObserver<A> call,
      Supplier<Optional<A>> fromMemory,
      Supplier<A> answer) {
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
    handOver(caller, call, answer);
  }

  /**
   * Runs a step that may touch a disk on the pool, and then a task that does not.
   *
   * @throws RejectedExecutionException if there is no place for this caller
   */
  public void execute(Caller caller, Runnable onDisk, Runnable task) {
    Shares places = limits.onDisk();
    if (!places.tryTake(caller.subject())) {
      throw new RejectedExecutionException(places.reached(caller.principal()).toString());
    }
    submit(
        caller,
        () -> {
          try {
            onDisk.run();
          } finally {
            places.giveBack(caller.principal());
          }
          task.run();
        });
  }

  private <A> void handOver(Caller caller, ServerCallStreamObserver<A> call, Supplier<A> answer) {
    handOver(caller, call, giveBack -> run(call, answer, giveBack));
  }

  /**
   * @param work ends the call, and gives its place back with what it is given
   */
  private <A> void handOver(
      Caller caller, ServerCallStreamObserver<A> call, Consumer<Runnable> work) {
    Shares places = limits.onDisk();
    if (!places.tryTake(caller.subject())) {
      call.onError(refusals.busy(places.reached(caller.principal())));
      return;
    }
    CallTimes times = slow.begin();
    try {
      submit(
          caller,
          times
              .context()
              .wrap(
                  () -> {
                    times.start();
                    work.accept(() -> places.giveBack(caller.principal()));
                    slow.end(times, caller.identity());
                  }));
    } catch (RejectedExecutionException e) {
      call.onError(refusals.notReady("too many calls are waiting for the disk"));
    } catch (Throwable e) {
      // No thread can be created: an Error, which the transport cannot handle.
      uncaught.end(call, e);
    }
  }

  /** Hands over work that gives its place back; if that fails, gives it back at once. */
  private void submit(Caller caller, Runnable work) {
    boolean handedOver = false;
    try {
      pools.apply(caller).execute(work);
      handedOver = true;
    } finally {
      if (!handedOver) {
        limits.onDisk().giveBack(caller.principal());
      }
    }
  }

  /**
   * @param giveBack gives the place back: before the answer is sent, or a client that asks one
   *     thing after the other would need two places
   */
  private <A> void run(ServerCallStreamObserver<A> call, Supplier<A> answer, Runnable giveBack) {
    try {
      A message;
      try {
        if (call.isCancelled()) {
          return; // the client has gone: do not start the write
        }
        message = answer.get();
      } finally {
        giveBack.run();
      }
      call.onNext(message);
      call.onCompleted();
    } catch (Throwable e) {
      uncaught.end(call, e);
    }
  }
}
