package io.datastored.engine;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.file.StoreException;
import io.datastored.operation.Counter;
import io.datastored.operation.Counters;
import io.datastored.operation.LocalCounters;
import io.datastored.operation.ProcessCounters;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Stepped counters are counters in memory between whose steps a test does something, and that are
 * full or unreadable when it says so. Thread-safe as far as the test is.
 */
final class SteppedCounters implements Counters {

  private final LocalCounters counters = new LocalCounters("here");
  private final Deque<Runnable> afterLooking = new ArrayDeque<>();
  private volatile boolean full;
  private volatile boolean unreadable;
  private volatile boolean closed;

  /** Lets something happen right after the next look at who is alive. */
  void afterLooking(Runnable step) {
    afterLooking.add(step);
  }

  /** Whether there is room for another counter. */
  void full(boolean now) {
    full = now;
  }

  /** Whether nobody can tell who is alive. */
  void unreadable(boolean now) {
    unreadable = now;
  }

  /** Whether they were taken out of sight. */
  boolean closed() {
    return closed;
  }

  @Override
  public Counter claim(DatastoreName name, Path basePath) throws StoreException {
    if (full) {
      throw new StoreException(StoreException.Reason.DISK_FULL, "no space is left for counters");
    }
    return counters.claim(name, basePath);
  }

  @Override
  public ImmutableList<ProcessCounters> live() throws StoreException {
    if (unreadable) {
      throw new StoreException(StoreException.Reason.OTHER, "the run directory is gone");
    }
    ImmutableList<ProcessCounters> live = counters.live();
    Runnable step = afterLooking.poll();
    if (step != null) {
      step.run();
    }
    return live;
  }

  @Override
  public ImmutableList<ProcessCounters> known() {
    return counters.known();
  }

  @Override
  public boolean intact() {
    return true;
  }

  @Override
  public void close() {
    closed = true;
  }
}
