package io.datastored.operation;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.config.DatastoreName;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Local counters are counters that no other process sees, for a private engine or a test.
 * Thread-safe: claiming takes a lock, counting does not.
 */
public final class LocalCounters implements Counters {

  /** For 32 datastores; more of them use more pages. */
  private static final int PAGE = 32 * CounterLayout.RECORD;

  private final ProcessCounters own;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private ByteBuffer page = ByteBuffer.allocate(0);

  @GuardedBy("lock")
  private int used;

  /**
   * Creates counters of this process.
   *
   * @param program its name, for display
   */
  public LocalCounters(String program) {
    own =
        new ProcessCounters(
            new ProcessCounters.Owner(ProcessHandle.current().pid(), program, true));
  }

  @Override
  public Counter claim(DatastoreName name, Path basePath) {
    Counter counter = unlabelled();
    own.add(new ProcessCounters.Label(name, BasePathHash.of(basePath)), counter);
    return counter;
  }

  /** A closed counter that belongs to no datastore. */
  public Counter unlabelled() {
    synchronized (lock) {
      if (used == page.capacity()) {
        page = ByteBuffer.allocateDirect(PAGE + STRIDE).alignedSlice(STRIDE).slice(0, PAGE);
        used = 0;
      }
      Counter counter = CounterLayout.counter(page, used);
      used += CounterLayout.RECORD;
      counter.reset();
      return counter;
    }
  }

  @Override
  public ImmutableList<ProcessCounters> live() {
    return known();
  }

  @Override
  public ImmutableList<ProcessCounters> known() {
    return ImmutableList.of(own);
  }

  @Override
  public boolean intact() {
    return true;
  }

  @Override
  public void close() {}
}
