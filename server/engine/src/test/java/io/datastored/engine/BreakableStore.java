package io.datastored.engine;

import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.Doorbell;
import io.datastored.history.MemoryStore;
import io.datastored.history.Store;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A breakable store is one in memory whose disk a test fills up or breaks, and that lets a test do
 * something right before it is held. Thread-safe.
 */
final class BreakableStore implements Store {

  /** What fails. */
  enum Failing {
    NOTHING,
    /** Nothing can be written, as on a full disk. */
    PREPARE,
    /** A state that was written cannot be put in its place. */
    COMMIT
  }

  private final MemoryStore delegate;
  private final Queue<Runnable> beforeHold = new ConcurrentLinkedQueue<>();
  private volatile Failing failing = Failing.NOTHING;

  BreakableStore(MemoryStore delegate) {
    this.delegate = delegate;
  }

  void fail(Failing next) {
    failing = next;
  }

  /** Lets something happen right before the store is held next. */
  void beforeHold(Runnable step) {
    beforeHold.add(step);
  }

  @Override
  public AcceptedState initial() {
    return delegate.initial();
  }

  @Override
  public Seen look(AcceptedState known, Look how) throws StoreException {
    return delegate.look(known, how);
  }

  @Override
  public Held hold(Duration wait) throws StoreException {
    Runnable step = beforeHold.poll();
    if (step != null) {
      step.run();
    }
    return delegate.hold(wait);
  }

  @Override
  public Outcome commit(Seen on, Draft next) throws StoreException {
    StoreException full =
        new StoreException(StoreException.Reason.DISK_FULL, "cannot save /state: no space is left");
    if (failing == Failing.PREPARE || (failing == Failing.COMMIT && next.content().isEmpty())) {
      throw full;
    }
    if (failing == Failing.COMMIT) {
      delegate.edit(next.content().get().bytes());
      throw StoreException.unknown(describe() + " was replaced", full);
    }
    return delegate.commit(on, next);
  }

  @Override
  public void probe(AcceptedState present) throws StoreException {
    if (failing == Failing.PREPARE) {
      throw new StoreException(
          StoreException.Reason.DISK_FULL, "cannot save /state: no space is left");
    }
  }

  @Override
  public Doorbell doorbell() {
    return delegate.doorbell();
  }

  @Override
  public Watch watch(Runnable mayHaveChanged) {
    return delegate.watch(mayHaveChanged);
  }

  @Override
  public void requireWritable() throws StoreException {
    delegate.requireWritable();
  }

  @Override
  public String describe() {
    return delegate.describe();
  }

  @Override
  public void close() {
    delegate.close();
  }
}
