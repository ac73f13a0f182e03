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
 * The bulkheads are those of all base paths of a process, and the threads that they share.
 * Thread-safe: every field is guarded by one lock, which is never held while a file system is
 * asked.
 *
 * <p>A base path has one call under way, so one that hangs holds one thread however often it is
 * asked. A thread that has nothing to do ends after a few seconds.
 */
public final class Bulkheads {

  private static final Logger log = LoggerFactory.getLogger(Bulkheads.class);

  private static final Duration IDLE = Duration.ofSeconds(5);
  private static final Duration LONGEST_END = Duration.ofSeconds(2);

  /** Who is told of a file system that hangs, once, and of the end of that. */
  public interface Listener {
    /** The file system of a base path does not answer. */
    void hangs(Path basePath, Bulkhead.Hang hang);

    /** It has answered. */
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

  /** Have calls, and no thread yet. */
  @GuardedBy("lock")
  private final Queue<Lane> runnable = new ArrayDeque<>();

  @GuardedBy("lock")
  private final Set<Lane> busy = new HashSet<>();

  @GuardedBy("lock")
  private final Set<Path> reported = new HashSet<>();

  /** Written under the lock. */
  private volatile int threads;

  /** The last thread that was wanted could not be had. Written under the lock. */
  private volatile boolean noThread;

  @GuardedBy("lock")
  private int idle;

  /** Whether there is a runnable lane, for a thread that spins. Written under the lock. */
  private volatile boolean anyRunnable;

  /** Started, and has not asked for work yet. */
  @GuardedBy("lock")
  private int starting;

  private volatile @Nullable Listener listener;

  /**
   * @param factory makes daemon threads: one in a dead mount must not keep the process alive
   */
  public Bulkheads(
      BulkheadLimits limits, Ticker ticker, InstantSource clock, ThreadFactory factory) {
    this.limits = limits;
    this.ticker = ticker;
    this.clock = clock;
    this.factory = factory;
    this.callers = new Semaphore(limits.callers());
  }

  /** Says who is told. */
  public void tell(Listener told) {
    listener = told;
  }

  /** The bulkhead of a base path: one object as long as it is used. */
  public Bulkhead of(Path basePath) {
    lock.lock();
    try {
      if (lanes.isEmpty()) {
        // There before it is needed: to start one takes longer than most calls.
        startThread();
      }
      return lanes.computeIfAbsent(basePath, path -> new Lane(path, this));
    } finally {
      lock.unlock();
    }
  }

  /** Forgets the bulkhead of a base path that is used no more, unless a call is under way. */
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
   * Tells of file systems that have begun to hang or have answered again, and starts what no thread
   * could be had for. To be called now and then; never waits for a file system.
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

  /** Waits until every call has ended, but not for a file system that hangs. */
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

  /** There is one more call in a lane. */
  void called(Lane lane) {
    lockSoon();
    try {
      if (busy.add(lane)) {
        runnable.add(lane);
        anyRunnable = true;
        // One waiter for one lane: to wake all of them for each call takes longer than the call.
        work.signal();
      }
      startThreads();
    } finally {
      lock.unlock();
    }
  }

  /** Why a call has no thread yet. */
  String whyNoThread() {
    return noThread
        ? "this process can start no thread"
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
      // The calls stay where they are, and whoever waits for one is refused. The next one that
      // comes, or ends, or the next look tries again.
      threads = threads - 1;
      starting--;
      noThread = true;
      log.atDebug().setCause(e).log("no thread for a base path");
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
          log.atError().setCause(bug).log("a call into {} has failed", lane.basePath());
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
          // The first lookups of many datastores come one behind the other.
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

  /** Takes the lock, which nobody has for longer than it takes to wake a thread. */
  void lockSoon() {
    if (!BriefSpin.until(lock::tryLock)) {
      lock.lock();
    }
  }
}
