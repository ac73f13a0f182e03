package io.datastored.etcd.history;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.etcd.history.KeyValues.Change;
import io.datastored.file.StoreException;
import io.datastored.history.Doorbell;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A follower keeps a view of the history up to date: read by ranges once, then followed by one
 * watch. Thread-safe: readers see one immutable view through one volatile field; everything else is
 * guarded by the lock.
 *
 * <p>The order of a change: view swapped → doorbell raised → callback. A watch that misses a change
 * costs a read of everything, and not a change: each commit names the one before it.
 */
final class Follower implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Follower.class);

  private final KeyValues etcd;
  private final Keys keys;
  private final ViewLoader loader;
  private final Doorbell doorbell;
  private final Runnable mayHaveChanged;
  private final ScheduledExecutorService thread;
  private final Duration retry;
  private final Fork fork;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  private volatile View view;
  private volatile @Nullable String unwatched;

  @GuardedBy("lock")
  private KeyValues.@Nullable Watch watch;

  /** Counts watches, so that reports of an earlier one are ignored. */
  @GuardedBy("lock")
  private int watchNumber;

  /** The last revision that the watch has reported, or that was read. */
  @GuardedBy("lock")
  private long cursor;

  @GuardedBy("lock")
  private boolean closed;

  @GuardedBy("lock")
  private int reloads;

  /**
   * @param first the view at the start
   * @param thread on which changes are followed, one after the other
   * @param retry how long after the end of a watch the next one begins
   */
  Follower(
      KeyValues etcd,
      Keys keys,
      ViewLoader loader,
      View first,
      Doorbell doorbell,
      Runnable mayHaveChanged,
      ScheduledExecutorService thread,
      Duration retry) {
    this.etcd = etcd;
    this.keys = keys;
    this.loader = loader;
    this.view = first;
    this.doorbell = doorbell;
    this.mayHaveChanged = mayHaveChanged;
    this.thread = thread;
    this.retry = retry;
    this.fork = new Fork(keys);
  }

  /** Begins to follow. */
  void start() {
    lock.lock();
    try {
      doorbell.raise(view.state().generation());
      watchFrom(view.loadedAt());
    } finally {
      lock.unlock();
    }
  }

  /**
   * The present view, from memory.
   *
   * @throws StoreException when this is not the history that was followed
   */
  View view() throws StoreException {
    fork.check();
    return view;
  }

  /** Why changes are not reported at the moment; empty if they are. */
  Optional<String> unwatched() {
    return Optional.ofNullable(unwatched);
  }

  /** How often everything was read again. */
  int reloads() {
    lock.lock();
    try {
      return reloads;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Reads everything, and follows from there.
   *
   * @throws StoreException also when this is not the history that was followed
   */
  View reload() throws StoreException {
    lock.lock();
    try {
      return reloadLocked();
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private View reloadLocked() throws StoreException {
    View before = view();
    reloads++;
    View loaded = loader.load(before, this::forked);
    if (loaded.loadedAt() < cursor) {
      // A watch from a revision of the future would be silent.
      throw forked(
          "etcd has gone back from revision %d to %d".formatted(cursor, loaded.loadedAt()));
    }
    switch (loaded.head().to(before.head())) {
      case SAME, LATER -> {}
      case OUT_OF_SIGHT ->
          log.atWarn()
              .addKeyValue("served", before)
              .addKeyValue("found", loaded)
              .log("more commits were missed than the head remembers: cannot tell a fork");
      case FORK ->
          throw forked("%s was served, %s was found".formatted(before.head(), loaded.head()));
    }
    if (before.isAt(loaded)) {
      cursor = loaded.loadedAt();
      return before;
    }
    // The watch has not reported it, or has not yet: another one reports what comes after.
    publish(loaded);
    watchFrom(loaded.loadedAt());
    return loaded;
  }

  /** With the lock held. Whoever waits, or serves from memory, looks and finds the fork. */
  private StoreException forked(String why) {
    StoreException found = fork.found(why);
    changed.signalAll();
    mayHaveChanged.run();
    return found;
  }

  @GuardedBy("lock")
  private void publish(View next) {
    view = next;
    doorbell.raise(next.state().generation());
    changed.signalAll();
    mayHaveChanged.run();
  }

  /** Takes the changes of a commit of this server, without waiting for the watch. */
  void committed(long revision, List<Change> changes) throws StoreException {
    lock.lock();
    try {
      apply(revision, changes);
    } finally {
      lock.unlock();
    }
  }

  /**
   * A view that is not {@code seen}: waits for the watch, then reads everything. {@code seen}
   * itself if nothing has changed.
   */
  View after(View seen, Duration patience) throws StoreException {
    lock.lock();
    try {
      long left = patience.toNanos();
      while (view() == seen && left > 0 && !closed) {
        left = changed.awaitNanos(left);
      }
      return view() == seen ? reloadLocked() : view();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(
          StoreException.Reason.OTHER, "interrupted while a change of " + keys + " is awaited");
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void apply(long revision, List<Change> changes) throws StoreException {
    View before = view();
    Succession.Step step = new Succession(keys, before).to(revision, changes);
    if (step instanceof Succession.Step.To to) {
      if (to.view() != before) {
        publish(to.view());
      }
    } else if (step instanceof Succession.Step.Gap gap) {
      log.atInfo()
          .addKeyValue("revision", revision)
          .log("reading the history again: {}", gap.why());
      View unused = reloadLocked();
    } else if (step instanceof Succession.Step.Lost lost) {
      throw forked(lost.why());
    }
  }

  @GuardedBy("lock")
  private void watchFrom(long seen) {
    if (closed) {
      return;
    }
    if (watch != null) {
      watch.close();
    }
    cursor = seen;
    unwatched = null;
    int number = ++watchNumber;
    watch =
        etcd.watch(
            keys.prefix(),
            seen + 1,
            new KeyValues.Listener() {
              @Override
              public void changed(long revision, List<Change> changes) {
                execute(() -> reported(number, revision, changes));
              }

              @Override
              public void ended(KeyValuesException why) {
                execute(() -> watchEnded(number, why));
              }
            });
  }

  private void execute(Runnable task) {
    try {
      thread.execute(() -> run(task));
    } catch (RejectedExecutionException e) {
      log.atDebug().log("a report of a watch of {} after the end", keys);
    }
  }

  /** After a bug, the next commit finds a gap, and everything is read. */
  private void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      log.atError().setCause(e).log("a change of {} was not followed", keys);
    }
  }

  private void reported(int number, long revision, List<Change> changes) {
    lock.lock();
    try {
      // What is at or below the cursor was in what has been read.
      if (number == watchNumber && revision > cursor && !closed && !fork.isFound()) {
        cursor = revision;
        apply(revision, changes);
      }
    } catch (StoreException e) {
      again(number, e.getMessage());
    } finally {
      lock.unlock();
    }
  }

  private void watchEnded(int number, KeyValuesException why) {
    lock.lock();
    try {
      if (number == watchNumber) {
        again(number, why.getMessage());
      }
    } finally {
      lock.unlock();
    }
  }

  /** Reads everything after a while, and follows from there. */
  @GuardedBy("lock")
  private void again(int number, @Nullable String why) {
    if (closed || fork.isFound()) {
      return;
    }
    unwatched = "changes of " + keys + " are not reported: " + why;
    try {
      var unused = thread.schedule(() -> resume(number), retry.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      log.atDebug().log("no further watch of {} after the end", keys);
    }
  }

  private void resume(int number) {
    lock.lock();
    try {
      if (number == watchNumber && !closed && !fork.isFound()) {
        View unused = reloadLocked();
        if (number == watchNumber) {
          // Nothing has changed, so no other watch was begun.
          watchFrom(cursor);
        }
      }
    } catch (StoreException e) {
      again(number, e.getMessage());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      watchNumber++;
      if (watch != null) {
        watch.close();
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
