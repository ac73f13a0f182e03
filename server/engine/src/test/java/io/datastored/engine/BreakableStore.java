package io.datastored.engine;

import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.ForwardingStore;
import io.datastored.history.MemoryStore;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A breakable store is one in memory whose disk a test fills up or breaks, and that lets a test do
 * something right before it is held, or while it asks what became of a commit. Thread-safe.
 */
final class BreakableStore extends ForwardingStore {

  /** What fails. */
  enum Failing {
    NOTHING,
    /** Nothing can be written, as on a full disk. */
    PREPARE,
    /** A state that was written cannot be put in its place. */
    COMMIT
  }

  private final MemoryStore memory;
  private final Queue<Runnable> beforeHold = new ConcurrentLinkedQueue<>();
  private final Queue<Runnable> whileAsking = new ConcurrentLinkedQueue<>();
  private volatile Failing failing = Failing.NOTHING;

  BreakableStore(MemoryStore memory) {
    super(memory);
    this.memory = memory;
  }

  void fail(Failing next) {
    failing = next;
  }

  /** Lets something happen right before the store is held next. */
  void beforeHold(Runnable step) {
    beforeHold.add(step);
  }

  /** Lets something happen while the next commit, which is done, has no answer yet. */
  void whileAsking(Runnable step) {
    whileAsking.add(step);
  }

  @Override
  public Held hold(Duration wait) throws StoreException {
    Runnable step = beforeHold.poll();
    if (step != null) {
      step.run();
    }
    return super.hold(wait);
  }

  @Override
  public Outcome commit(Seen on, Draft next) throws StoreException {
    if (failing == Failing.PREPARE || (failing == Failing.COMMIT && next.content().isEmpty())) {
      throw full();
    }
    if (failing == Failing.COMMIT) {
      memory.edit(next.content().get().bytes());
      throw StoreException.unknown(describe() + " was replaced", full());
    }
    Outcome outcome = super.commit(on, next);
    Runnable step = whileAsking.poll();
    if (step == null) {
      return outcome;
    }
    return next.aside()
        .run(
            () -> {
              step.run();
              return outcome;
            });
  }

  @Override
  public void probe(AcceptedState present) throws StoreException {
    if (failing == Failing.PREPARE) {
      throw full();
    }
  }

  private static StoreException full() {
    return new StoreException(
        StoreException.Reason.DISK_FULL, "cannot save /state: no space is left");
  }
}
