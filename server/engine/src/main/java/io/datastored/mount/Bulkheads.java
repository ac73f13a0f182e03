package io.datastored.mount;

import com.google.common.base.Ticker;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bulkheads are the bulkheads of all base paths of a process, and the threads that they share.
 * Thread-safe: every field is guarded by one lock, which is never held during a file system call.
 *
 * <p>A base path has at most one call in progress, so a hanging one occupies one thread, however
 * many calls it gets. An idle thread ends after a few seconds.
 */
public final class Bulkheads {

  private static final Logger log = LoggerFactory.getLogger(Bulkheads.class);

  private static final Duration IDLE = Duration.ofSeconds(5);
  private static final Duration LONGEST_END = Duration.ofSeconds(2);

  /**
   * A listener is notified once when a file system begins to hang, and once when it answers again.
   */
  public interface Listener {
    /** The file system of a base path does not answer. */
    void hangs(Path basePath, Bulkhead.Hang hang);

    /** The file system has answered again. */
    void answers(Path basePath);
  }

  final BulkheadLimits limits;
  final Ticker ticker;
  final InstantSource clock;
  final Semaphore callers;
  final ReentrantLock lock = new ReentrantLock();

  private final ThreadFactory factory;
  private final Condition work = lock.newCondition();
  private final Condition quiet = lock.newCondition();

  @GuardedBy("lock")
  private final Map<Path, Lane> lanes = new HashMap<>();

  /** Lanes that have calls, but no thread yet. */
  @GuardedBy("lock")
  private final Queue<Lane> runnable = new ArrayDeque<>();

  @GuardedBy("lock")
  private final Set<Lane> busy = new HashSet<>();

  @GuardedBy("lock")
  private final Set<Path> reported = new HashSet<>();

  /** Written under the lock. */
  private volatile int threads;

  /** Set if the last attempt to start a thread failed. Written under the lock. */
  private volatile boolean noThread;

  @GuardedBy("lock")
  private int idle;

  /** Whether there is a runnable lane, for a thread that spins. Written under the lock. */
  private volatile boolean anyRunnable;

  /** Threads that were started but have not taken work yet. */
  @GuardedBy("lock")
  private int starting;

  private volatile @Nullable Listener listener;

  /**
   * @param factory creates daemon threads: one that hangs in a dead mount must not keep the process
   *     alive
   */
  public Bulkheads(
      BulkheadLimits limits, Ticker ticker, InstantSource clock, ThreadFactory factory) {
    this.limits = limits;
    this.ticker = ticker;
    this.clock = clock;
    this.factory = factory;
    this.callers = new Semaphore(limits.callers());
  }

  /** Sets the listener. */
  public void tell(Listener told) {
    listener = told;
  }

  /** The bulkhead of a base path: the same object as long as it is in use. */
  public Bulkhead of(Path basePath) {
    lock.lock();
    try {
      if (lanes.isEmpty()) {
        // Started before it is needed: starting a thread takes longer than most calls.
        startThread();
      }
      return lanes.computeIfAbsent(basePath, path -> new Lane(path, this));
    } finally {
      lock.unlock();
    }
  }

  /** Removes the bulkhead of a base path that is no longer used, unless a call is in progress. */
  public void forget(Path basePath) {
    lock.lock();
    try {
      Lane lane = lanes.get(basePath);
      if (lane != null && !busy.contains(lane)) {
        lanes.remove(basePath);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Reports file systems that have begun to hang or have answered again, and retries to start
   * missing threads. Call it periodically; it never waits for a file system.
   */
  public void look() {
    Map<Path, Bulkhead.Hang> hanging = new HashMap<>();
    List<Path> answering = new ArrayList<>();
    lock.lock();
    try {
      if (busy.isEmpty() && reported.isEmpty()) {
        return;
      }
      startThreads();
      for (Lane lane : busy) {
        Optional<Bulkhead.Hang> hang = lane.hang();
        if (hang.isPresent() && reported.add(lane.basePath())) {
          hanging.put(lane.basePath(), hang.get());
        }
      }
      for (Iterator<Path> told = reported.iterator(); told.hasNext(); ) {
        Path path = told.next();
        Lane lane = lanes.get(path);
        if (lane == null || lane.hang().isEmpty()) {
          told.remove();
          answering.add(path);
        }
      }
    } finally {
      lock.unlock();
    }
    Listener told = listener;
    if (told != null) {
      hanging.forEach(told::hangs);
      answering.forEach(told::answers);
    }
  }

  /** Waits until every call has ended, except calls into a hanging file system. */
  public void awaitQuiet() {
    long left = LONGEST_END.toNanos();
    lock.lock();
    try {
      while (left > 0 && busy.stream().anyMatch(lane -> lane.hang().isEmpty())) {
        long step = Math.min(left, limits.patience().toNanos());
        left -= step - Math.max(0, quiet.awaitNanos(step));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  /** Called when a call was added to a lane. */
  void called(Lane lane) {
    lockSoon();
    try {
      if (busy.add(lane)) {
        runnable.add(lane);
        anyRunnable = true;
        // Wake one waiter for one lane: waking all of them for each call takes longer than the
        // call.
        work.signal();
      }
      startThreads();
    } finally {
      lock.unlock();
    }
  }

  /** The reason why a call has no thread yet. */
  String whyNoThread() {
    return noThread
        ? "this process cannot start a thread"
        : threads < limits.threads()
            ? "this machine is overloaded"
            : limits.threads() + " others hang";
  }

  @GuardedBy("lock")
  private void startThreads() {
    while (runnable.size() > idle + starting && threads < limits.threads()) {
      if (!startThread()) {
        return;
      }
    }
  }

  @GuardedBy("lock")
  private boolean startThread() {
    try {
      threads = threads + 1;
      starting++;
      factory.newThread(this::run).start();
      noThread = false;
      return true;
    } catch (Throwable e) {
      // The calls stay queued, and callers that wait for one are refused. The next call that is
      // added or ends, or the next look, tries again.
      threads = threads - 1;
      starting--;
      noThread = true;
      log.atDebug().setCause(e).log("cannot start a thread for a base path");
      return false;
    }
  }

  private void run() {
    lock.lock();
    try {
      starting--;
      while (awaitWork()) {
        Lane lane = runnable.remove();
        anyRunnable = !runnable.isEmpty();
        Runnable call = lane.begin();
        lock.unlock();
        try {
          call.run();
        } catch (Throwable bug) {
          log.atError().setCause(bug).log("a file system call in {} failed", lane.basePath());
        } finally {
          lockSoon();
          if (lane.end()) {
            runnable.add(lane);
            anyRunnable = true;
          } else {
            busy.remove(lane);
            quiet.signalAll();
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      threads = threads - 1;
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private boolean awaitWork() throws InterruptedException {
    long left = IDLE.toNanos();
    boolean spun = false;
    while (runnable.isEmpty()) {
      if (left <= 0) {
        return false;
      }
      idle++;
      try {
        if (spun) {
          left = work.awaitNanos(left);
        } else {
          // The first lookups of many datastores often follow each other closely.
          spin();
          spun = true;
        }
      } finally {
        idle--;
      }
    }
    return true;
  }

  @GuardedBy("lock")
  private void spin() {
    lock.unlock();
    boolean unused = BriefSpin.until(() -> anyRunnable);
    lockSoon();
  }

  /** Takes the lock by spinning: it is never held for longer than it takes to wake a thread. */
  void lockSoon() {
    if (!BriefSpin.until(lock::tryLock)) {
      lock.lock();
    }
  }
}
