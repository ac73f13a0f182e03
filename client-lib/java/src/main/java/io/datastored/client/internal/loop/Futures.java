package io.datastored.client.internal.loop;

import io.datastored.client.DatastoredException;
import io.datastored.client.UnavailableException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Futures are waits of an application thread for the loop. */
public final class Futures {

  private Futures() {}

  /**
   * The result of the future; throws its failure, or {@code late} if it is not complete in time.
   */
  public static <T> T of(
      CompletableFuture<T> future, Duration timeout, Supplier<RuntimeException> late) {
    try {
      return future.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        // The stack trace of the cause is that of the loop; the suppressed exception adds the
        // caller's.
        cause.addSuppressed(new CalledHere());
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      return giveUp(future, late.get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return giveUp(future, new UnavailableException("interrupted while waiting for an answer", e));
    }
  }

  /**
   * Ends the wait. A grant that comes later finds the future complete and is taken back. A grant
   * that came just before belongs to the caller: otherwise, in the order interrupted | granted |
   * ended, nobody would own it.
   */
  private static <T> T giveUp(CompletableFuture<T> future, RuntimeException why) {
    if (future.completeExceptionally(why)) {
      throw why;
    }
    try {
      return future.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : why;
    }
  }

  /** Whether the future completes in time; throws the reason if it is known that it never will. */
  public static boolean reached(CompletableFuture<Void> future, Duration timeout) {
    try {
      future.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof DatastoredException cause) {
        cause.addSuppressed(new CalledHere());
        throw cause;
      }
      return false;
    } catch (TimeoutException e) {
      boolean unused = future.cancel(false);
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      boolean unused = future.cancel(false);
      return false;
    }
  }

  private static final class CalledHere extends Exception {
    private static final long serialVersionUID = 1;

    CalledHere() {
      super("called here");
    }
  }
}
