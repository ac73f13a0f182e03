package io.datastored.etcd.history;

import io.datastored.file.StoreException;
import io.datastored.history.Store.Held;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A turn is what one commit of this server at a time has. Thread-safe. */
final class Turn {

  private final Semaphore turns = new Semaphore(1, true);

  /** Whether the present holder still holds it; written by the holder. */
  private volatile @Nullable AtomicBoolean holder;

  /**
   * Takes it.
   *
   * @throws StoreException when another commit has it for longer than {@code wait}
   */
  Held take(Duration wait) throws StoreException {
    try {
      if (!turns.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new StoreException(
            StoreException.Reason.IN_USE,
            "another commit has been running for more than " + wait.toMillis() + " ms");
      }
      AtomicBoolean held = new AtomicBoolean(true);
      holder = held;
      return () -> end(held);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(
          StoreException.Reason.OTHER, "interrupted while another change is committed");
    }
  }

  /** Gives it away early, by its holder. */
  void release() {
    AtomicBoolean held = holder;
    if (held != null) {
      end(held);
    }
  }

  private void end(AtomicBoolean held) {
    if (held.getAndSet(false)) {
      turns.release();
    }
  }
}
