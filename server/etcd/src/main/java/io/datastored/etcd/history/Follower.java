package io.datastored.etcd.history;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.etcd.history.KeyValues.Change;
import io.datastored.file.StoreException;
import io.datastored.history.Doorbell;
import io.datastored.promise.Tally;
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
 * <p>The order of a change: observer → disk → view swapped → doorbell raised → callback. A watch
 * that misses one costs a read of everything, and not a change: each commit names the one before
 * it.
 */
final class Follower implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Follower.class);

  private final KeyValues etcd;
  private final Keys keys;
  private final ConfirmingLoader loader;
  private final LastSeen lastSeen;
  private final Doorbell doorbell;
  private final Callbacks callbacks;
  private final ScheduledExecutorService thread;
  private final Duration retry;
  private final Fork fork;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  private volatile View view;
  private volatile @Nullable String unwatched;

  /** Written under the lock. */
  private volatile KeyValues.@Nullable Watch watch;

  /** Those of the present watch: those of an earlier one are ignored. */
  @GuardedBy("lock")
  private @Nullable Reports reports;

  /** The last revision that the watch has reported, or that was read. */
  @GuardedBy("lock")
  private long cursor;

  private volatile boolean closed;

  private final Tally<ReloadCause> reloads = new Tally<>(ReloadCause.class);

  /**
   * @param first the view at the start
   * @param lastSeen remembers what is served, before it is
   * @param thread on which changes are followed, one after the other
   * @param retry how long after the end of a watch the next one begins
   */
  Follower(
      KeyValues etcd,
      Keys keys,
      ConfirmingLoader loader,
      View first,
      LastSeen lastSeen,
      Doorbell doorbell,
      Callbacks callbacks,
      ScheduledExecutorService thread,
      Duration retry) {
    this.etcd = etcd;
    this.keys = keys;
    this.loader = loader;
    this.view = first;
    this.lastSeen = lastSeen;
    this.doorbell = doorbell;
    this.callbacks = callbacks;
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

  /**
   * The present view, and up to which revision it has everything.
   *
   * @throws StoreException when this is not the history that was followed
   */
  CommitPlan.Basis basis() throws StoreException {
    lock.lock();
    try {
      return new CommitPlan.Basis(view(), cursor);
    } finally {
      lock.unlock();
    }
  }

  /** Why changes are not reported at the moment; empty if they are. */
  Optional<String> unwatched() {
    return Optional.ofNullable(unwatched);
  }

  /** How often everything was read again. */
  Tally<ReloadCause> reloads() {
    return reloads;
  }

  /**
   * Reads everything, and follows from there.
   *
   * @throws StoreException also when this is not the history that was followed
   */
  View reload() throws StoreException {
    lock.lock();
    try {
      return reloadLocked(ReloadCause.HEAD);
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private View reloadLocked(ReloadCause why) throws StoreException {
    View before = view();
    reloads.add(why);
    View loaded = loader.load(before, cursor, this::forked);
    if (before.isAt(loaded)) {
      cursor = loaded.loadedAt();
      return before;
    }
    // The watch has not reported it, or has not yet: another one reports what comes after.
    publish(loaded);
    watchFrom(loaded.loadedAt());
    return loaded;
  }

  /** Whoever waits, or serves from memory, looks and finds the fork. */
  private StoreException forked(String why) {
    StoreException found = fork.found(why);
    changed.signalAll();
    callbacks.call();
    return found;
  }

  @GuardedBy("lock")
  private void publish(View next) {
    lastSeen.remember(next.head());
    view = next;
    doorbell.raise(next.state().generation());
    changed.signalAll();
    callbacks.call();
  }

  /** Takes the changes of a commit of this server, without waiting for the watch. */
  void committed(long revision, List<Change> changes) throws StoreException {
    lock.lock();
    try {
      if (revision > cursor + 1) {
        // What the watch has yet to report, such as a floor, precedes the mode of this commit.
        loader.observe(revision);
      }
      follow(List.of(new Reports.Report(revision, changes)));
      if (revision == cursor + 1) {
        cursor = revision;
      }
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
      return view() == seen ? reloadLocked(ReloadCause.WATCH_LATE) : view();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(
          StoreException.Reason.OTHER, "interrupted while a change of " + keys + " is awaited");
    } finally {
      lock.unlock();
    }
  }

  /** Makes one view of all of them, or reads everything again. */
  @GuardedBy("lock")
  private void follow(List<Reports.Report> all) throws StoreException {
    View before = view();
    Succession next = new Succession(keys, before);
    for (Reports.Report report : all) {
      Optional<String> gap = next.add(report.revision(), report.changes());
      if (gap.isPresent()) {
        log.atInfo()
            .addKeyValue("revision", report.revision())
            .log("reading the history again: {}", gap.get());
        View unused = reloadLocked(ReloadCause.GAP);
        return;
      }
    }
    View after = next.view();
    if (after != before) {
      publish(after);
    }
  }

  @GuardedBy("lock")
  private void watchFrom(long seen) {
    closeWatch();
    cursor = seen;
    unwatched = null;
    Reports next =
        new Reports(
            from -> later(Duration.ZERO, () -> apply(from)),
            (from, why) -> later(Duration.ZERO, () -> watchEnded(from, why)));
    reports = next;
    watch = etcd.watch(keys.prefix(), seen + 1, next);
    if (closed) {
      // The close may have found the watch before this one.
      closeWatch();
    }
  }

  private void later(Duration delay, Runnable task) {
    try {
      var unused = thread.schedule(() -> run(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      log.atDebug().log("changes of {} are no longer followed", keys);
    }
  }

  /** After a bug, the next commit finds a gap, and everything is read. */
  private void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      log.atError().setCause(e).log("a change of {} was not followed", keys);
    }
  }

  private void apply(Reports from) {
    lock.lock();
    try {
      if (isOver(from)) {
        return;
      }
      // What is at or below the cursor was in what has been read.
      List<Reports.Report> all = from.take(cursor);
      if (!all.isEmpty()) {
        loader.report(all);
        follow(all);
        cursor = Math.max(cursor, all.get(all.size() - 1).revision());
      }
    } catch (StoreException e) {
      again(from, e.getMessage());
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private boolean isOver(Reports from) {
    return from != reports || closed || fork.isFound();
  }

  private void watchEnded(Reports from, KeyValuesException why) {
    lock.lock();
    try {
      again(from, why.getMessage());
    } finally {
      lock.unlock();
    }
  }

  /** Reads everything after a while, and follows from there. */
  @GuardedBy("lock")
  private void again(Reports from, @Nullable String why) {
    if (isOver(from)) {
      return;
    }
    unwatched = "changes of " + keys + " are not reported: " + why;
    later(retry, () -> resume(from));
  }

  private void resume(Reports from) {
    lock.lock();
    try {
      if (!isOver(from)) {
        View unused = reloadLocked(ReloadCause.WATCH_ENDED);
        if (from == reports) {
          // Nothing has changed, so no other watch was begun.
          watchFrom(cursor);
        }
      }
    } catch (StoreException e) {
      again(from, e.getMessage());
    } finally {
      lock.unlock();
    }
  }

  /** Does not wait for a read of everything, which may take as long as etcd is away. */
  @Override
  public void close() {
    closed = true;
    closeWatch();
  }

  private void closeWatch() {
    KeyValues.Watch last = watch;
    if (last != null) {
      last.close();
    }
  }
}
