package io.datastored.etcd.history;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.file.StoreException;
import io.datastored.history.Revision;
import io.datastored.promise.Confirmation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A shared confirmation is the confirmation of a server that is one of several: it reads the head,
 * and waits until that is served. Thread-safe: its lists are guarded by its lock. Nobody who asks
 * is blocked; the reads and all answers are on its own threads, of which a read takes one.
 *
 * <p>One read is in progress at a time, and all who ask meanwhile share the next one. They must not
 * share the one in progress: the head is read | a mode is committed elsewhere | a client sends a
 * renewal, which is received here | the answer of the read arrives, without the mode. Between the
 * beginnings of two reads there is a pause, so that many clients are no more work for etcd than a
 * few.
 */
public final class SharedConfirmation implements Confirmation, AutoCloseable {

  /** Reads the newest revision, linearizably. May block, but only for a bounded time. */
  @FunctionalInterface
  public interface Head {
    Revision read() throws StoreException;
  }

  /** Those who wait until a revision is served. */
  private record Wait(Revision wanted, List<CompletableFuture<Void>> asked) {}

  private final Head head;
  private final Supplier<Revision> served;
  private final ScheduledExecutorService threads;
  private final Duration pause;
  private final Duration patience;

  /** Those who share the next read. */
  @GuardedBy("this")
  private List<CompletableFuture<Void>> next = new ArrayList<>();

  /** Whether a read is in progress or about to begin. */
  @GuardedBy("this")
  private boolean reading;

  /** Whether it is too early for the next one. */
  @GuardedBy("this")
  private boolean pausing;

  @GuardedBy("this")
  private boolean closed;

  @GuardedBy("this")
  private final List<Wait> waits = new ArrayList<>();

  /**
   * @param served what this server serves
   * @param threads two, for this alone; they are shut down with the confirmation
   * @param pause from the beginning of a read until the next one may begin
   * @param patience how long to wait until what was read is served
   */
  public SharedConfirmation(
      Head head,
      Supplier<Revision> served,
      ScheduledExecutorService threads,
      Duration pause,
      Duration patience) {
    this.head = head;
    this.served = served;
    this.threads = threads;
    this.pause = pause;
    this.patience = patience;
  }

  @Override
  public CompletableFuture<Void> confirm() {
    var asked = new CompletableFuture<Void>();
    synchronized (this) {
      if (closed) {
        return CompletableFuture.failedFuture(stopped());
      }
      next.add(asked);
    }
    beginIfDue();
    return asked;
  }

  private void beginIfDue() {
    synchronized (this) {
      if (reading || pausing || next.isEmpty()) {
        return;
      }
      reading = true;
      pausing = true;
    }
    try {
      threads.execute(this::read);
      var unused = threads.schedule(this::goOn, pause.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      // Closed since: whoever has asked before that is told here or there.
      fail(taken(), stopped());
    }
  }

  private static StoreException stopped() {
    return new StoreException(StoreException.Reason.OTHER, "the server stops");
  }

  /** Those who have asked before the read that begins now. */
  private synchronized List<CompletableFuture<Void>> taken() {
    List<CompletableFuture<Void>> asked = next;
    next = new ArrayList<>();
    return asked;
  }

  private void read() {
    List<CompletableFuture<Void>> asked = taken();
    try {
      Revision newest = head.read();
      await(newest, asked);
    } catch (Throwable e) {
      // A bug, too: without an answer no session would be renewed any more.
      fail(asked, e);
    }
    synchronized (this) {
      reading = false;
    }
    beginIfDue();
  }

  private void goOn() {
    synchronized (this) {
      pausing = false;
    }
    beginIfDue();
  }

  private void await(Revision wanted, List<CompletableFuture<Void>> asked) {
    Wait wait = new Wait(wanted, asked);
    synchronized (this) {
      waits.add(wait);
    }
    // Registered, then looked. In the other order: look at what is served | it is served, and
    // nobody waits | register, and wait in vain.
    look();
    try {
      var unused = threads.schedule(() -> giveUp(wait), patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      giveUp(wait);
    }
  }

  /** Looks again at what is served; to be called after each change of it. Returns at once. */
  public void onServed() {
    synchronized (this) {
      if (waits.isEmpty()) {
        return;
      }
    }
    try {
      threads.execute(this::look);
    } catch (RejectedExecutionException e) {
      look();
    }
  }

  private void look() {
    Revision now = served.get();
    List<Wait> over = new ArrayList<>();
    synchronized (this) {
      for (Iterator<Wait> all = waits.iterator(); all.hasNext(); ) {
        Wait wait = all.next();
        if (reaches(now, wait.wanted)) {
          all.remove();
          over.add(wait);
        }
      }
    }
    over.forEach(wait -> wait.asked.forEach(asked -> asked.complete(null)));
  }

  private static boolean reaches(Revision now, Revision wanted) {
    return now.sameHistory(wanted) && now.generation().compareTo(wanted.generation()) >= 0;
  }

  private void giveUp(Wait wait) {
    boolean waiting;
    synchronized (this) {
      waiting = waits.remove(wait);
    }
    if (waiting) {
      fail(
          wait.asked,
          new StoreException(
              StoreException.Reason.OTHER,
              "%s is committed, but after %s only %s is served here"
                  .formatted(wait.wanted, patience, served.get())));
    }
  }

  private static void fail(List<CompletableFuture<Void>> asked, Throwable why) {
    asked.forEach(each -> each.completeExceptionally(why));
  }

  /** Fails all that wait, and all that ask later. Idempotent. */
  @Override
  public void close() {
    List<Wait> left;
    synchronized (this) {
      closed = true;
      left = List.copyOf(waits);
    }
    threads.shutdownNow();
    left.forEach(this::giveUp);
    fail(taken(), stopped());
  }
}
