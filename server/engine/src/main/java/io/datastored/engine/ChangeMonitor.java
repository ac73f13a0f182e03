package io.datastored.engine;

import com.google.common.base.Ticker;
import com.google.common.collect.ImmutableList;
import io.datastored.engine.health.EditDetection;
import io.datastored.engine.health.PeriodicTask;
import io.datastored.engine.health.PeriodicTasks;
import io.datastored.engine.health.TroubleCause;
import io.datastored.engine.health.Troubles;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.file.StoreException;
import io.datastored.history.Doorbell;
import io.datastored.history.Store;
import io.datastored.mount.Bulkheads;
import io.datastored.operation.Counters;
import io.datastored.operation.ProcessCounters;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A change monitor finds changes that were not announced to this process, so that no lookup has to
 * check for them. It also removes what dead processes left behind. It has its own thread; {@link
 * #step} is confined to it.
 *
 * <p>It reads the doorbell every {@link EngineTiming#doorbellPoll} (a memory load; this lets an
 * idle process release a datastore, too). It compares the file when the operating system reports a
 * change, which is fast, and every {@link EngineTiming#digestCheck}, which is the guarantee.
 */
final class ChangeMonitor implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ChangeMonitor.class);

  private final Committer committer;
  private final Doorbell doorbell;
  private final Counters counters;
  private final Bulkheads bulkheads;
  private final EngineHealth health;
  private final Troubles troubles;
  private final EngineTiming timing;
  private final Ticker ticker;
  private final AtomicBoolean signalled = new AtomicBoolean();
  private volatile @Nullable PeriodicTask task;
  private volatile Store.@Nullable Watch watch;

  private long nextDigestCheck;
  private long nextLook;

  ChangeMonitor(
      Committer committer,
      Doorbell doorbell,
      Counters counters,
      Bulkheads bulkheads,
      EngineHealth health,
      EngineTiming timing,
      Ticker ticker) {
    this.committer = committer;
    this.doorbell = doorbell;
    this.counters = counters;
    this.bulkheads = bulkheads;
    this.health = health;
    this.troubles = health.troubles();
    this.timing = timing;
    this.ticker = ticker;
  }

  void start(PeriodicTasks tasks) {
    tellHowEditsAreFound();
    nextDigestCheck = ticker.read() + timing.digestCheck().toNanos();
    nextLook = Long.MAX_VALUE;
    // A step may wait twice for another process's write, and for an edit to settle.
    Duration longest = timing.lockWait().multipliedBy(2).plus(timing.settleLimit());
    task =
        tasks.start(
            "change monitor",
            timing.doorbellPoll(),
            longest.plus(timing.doorbellPoll().multipliedBy(3)),
            PeriodicTask.Need.TO_SERVE,
            this::step);
    if (signalled.get()) {
      look();
    }
  }

  /** Also checks when {@code store} reports that something may have changed. */
  void follow(Store store) {
    watch = store.watch(this::look);
  }

  /** Reports how edits are detected now. */
  private void tellHowEditsAreFound() {
    Store.Watch watching = watch;
    Optional<String> unwatched = watching == null ? Optional.empty() : watching.unwatched();
    health.findsEdits(
        new EditDetection(
            watching == null || unwatched.isPresent()
                ? EditDetection.Way.PERIODIC
                : EditDetection.Way.WATCH,
            timing.digestCheck()));
    // If there is no watch, the operator has disabled it.
    unwatched.ifPresentOrElse(
        reason ->
            troubles.raise(
                TroubleCause.EDIT_DETECTION,
                "edits of the configuration are not reported as they happen, so they are found by"
                    + " checking, within "
                    + timing.digestCheck().toSeconds()
                    + " s at the latest: "
                    + reason),
        () -> troubles.clear(TroubleCause.EDIT_DETECTION));
  }

  /** Schedules a check soon. */
  void look() {
    signalled.set(true);
    PeriodicTask started = task;
    if (started != null) {
      started.wake();
    }
  }

  private void step() {
    try {
      tellHowEditsAreFound();
      bulkheads.look();
      long rung = doorbell.read();
      if (rung != committer.current().generation()) {
        Snapshot unused = committer.atLeast(rung);
      }
      long now = ticker.read();
      boolean told = signalled.getAndSet(false);
      if (now - nextDigestCheck >= 0) {
        check(Store.Look.INSIDE, told ? EditDetection.Way.WATCH : EditDetection.Way.PERIODIC);
      } else if (told || (nextLook != Long.MAX_VALUE && now - nextLook >= 0)) {
        // What has settled was reported before.
        check(Store.Look.AT_STAMPS, EditDetection.Way.WATCH);
      }
    } catch (StoreException e) {
      // It is reported as a trouble, and troubles are logged.
      log.atDebug().log("checking for changes failed: {}", e.getMessage());
    }
  }

  private void check(Store.Look how, EditDetection.Way by) throws StoreException {
    // If this check fails, it is retried soon and not only after the next period.
    nextLook = ticker.read() + timing.settleLimit().toNanos();
    if (how == Store.Look.INSIDE) {
      nextDigestCheck = nextLook;
    }
    long before = edits();
    Optional<Duration> rest = committer.check(how);
    if (edits() != before) {
      health.foundEdit(by);
    }
    nextLook = rest.isPresent() ? ticker.read() + rest.get().toNanos() : Long.MAX_VALUE;
    if (how == Store.Look.INSIDE) {
      nextDigestCheck = ticker.read() + timing.digestCheck().toNanos();
    }
    clearAway();
  }

  private long edits() {
    return committer.counts().read().causes().getOrDefault(ReloadCause.EDIT, 0L);
  }

  /**
   * Removes what dead processes left behind. A failure is only logged here: a caller that reads the
   * counters gets the error itself.
   */
  private void clearAway() {
    try {
      ImmutableList<ProcessCounters> unused = counters.live();
    } catch (StoreException e) {
      log.atDebug().log("cannot determine which processes are alive: {}", e.getMessage());
    }
  }

  @Override
  public void close() {
    Store.Watch watching = watch;
    if (watching != null) {
      watching.close();
    }
    PeriodicTask started = task;
    if (started != null) {
      started.close();
    }
  }
}
