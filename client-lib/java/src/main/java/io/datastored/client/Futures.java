package io.datastored.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Futures are how a thread of the application waits for the loop. */
final class Futures {

  private Futures() {}

  /** The result, or what it failed with, or, when it is not there in time, another failure. */
  static <T> T of(CompletableFuture<T> future, Duration patience, Supplier<RuntimeException> late) {
    try {
      return future.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        // Thrown here, told there: where it came from is of the loop, who asked is of this thread.
        cause.addSuppressed(new AskedHere());
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
   * Ends the wait, for whatever reason. Who grants later finds the future ended and takes back what
   * he grants; and what was granted just before is the caller's: interrupted | granted | ended
   * would leave it to nobody.
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

  /** The same, but throws why it will never be, when somebody knows that. */
  static boolean reached(CompletableFuture<Void> future, Duration patience) {
    try {
      future.get(patience.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof DatastoredException cause) {
        cause.addSuppressed(new AskedHere());
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

  /** Whether it is done in time. */
  static boolean done(CompletableFuture<Void> future, Duration patience) {
    try {
      future.get(patience.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (ExecutionException | TimeoutException e) {
      boolean unused = future.cancel(false);
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      boolean unused = future.cancel(false);
      return false;
    }
  }

  private static final class AskedHere extends Exception {
    private static final long serialVersionUID = 1;

    AskedHere() {
      super("asked here");
    }
  }
}
