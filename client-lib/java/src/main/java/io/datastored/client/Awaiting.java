package io.datastored.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Awaiting is how a thread of the application waits for the loop. */
final class Awaiting {

  private Awaiting() {}

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
      throw late.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("interrupted while waiting for an answer", e);
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
