package io.datastored.history;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.file.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A memory store is a store that keeps a history in this process. Thread-safe: callbacks run
 * outside its lock, on the thread that made the change.
 */
public final class MemoryStore implements Store {

  private final AcceptedState initial;
  private final EditDebounce debounce;
  private final Doorbell doorbell;
  private final Semaphore commits = new Semaphore(1, true);
  private final List<Runnable> callbacks = new CopyOnWriteArrayList<>();

  @GuardedBy("this")
  private @Nullable AcceptedState state;

  @GuardedBy("this")
  private ConfigContent content = ConfigContent.MISSING;

  /** The content that a look at the stamps finds. */
  @GuardedBy("this")
  private ConfigContent stamped = ConfigContent.MISSING;

  @GuardedBy("this")
  private StoreException.@Nullable Reason failure;

  /** Creates a store without a configuration. */
  public MemoryStore(AcceptedState initial, EditDebounce debounce, Doorbell doorbell) {
    this.initial = initial;
    this.state = initial;
    this.debounce = debounce;
    this.doorbell = doorbell;
  }

  /** Replaces the configuration, as an editor would. */
  public void edit(byte[] next) {
    put(ConfigContent.of(next.clone()));
  }

  /** Removes the configuration, as if the file were deleted. */
  public void remove() {
    put(ConfigContent.MISSING);
  }

  /** Replaces the configuration so that only a look inside finds it. */
  public synchronized void editUnseen(byte[] next) {
    content = ConfigContent.of(next.clone());
  }

  /** Removes the accepted state, as if its file were deleted. */
  public synchronized void loseState() {
    state = null;
  }

  private void put(ConfigContent next) {
    synchronized (this) {
      content = next;
      stamped = next;
    }
    callbacks.forEach(Runnable::run);
  }

  /** Makes every look and commit fail until {@link #heal}. */
  public synchronized void fail(StoreException.Reason reason) {
    failure = reason;
  }

  /** Ends the effect of {@link #fail}. */
  public synchronized void heal() {
    failure = null;
  }

  @GuardedBy("this")
  private void checkHealth() throws StoreException {
    if (failure != null) {
      throw new StoreException(failure, "the store in memory was told to fail");
    }
  }

  /** The configuration. */
  public synchronized ConfigContent content() {
    return content;
  }

  @Override
  public AcceptedState initial() {
    return initial;
  }

  @Override
  public synchronized Seen look(AcceptedState known, Look how) throws StoreException {
    checkHealth();
    if (how == Look.INSIDE) {
      stamped = content;
    }
    return debounce.judge(
        Seen.of(doorbell.readAcquire(), known, Optional.ofNullable(state), stamped),
        describe(),
        (seen, lost) -> Optional.of(lost.message(describe(), "memory")));
  }

  @Override
  public Held hold(Duration wait) throws StoreException {
    try {
      if (!commits.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new StoreException(
            StoreException.Reason.IN_USE,
            "another commit has been running for more than " + wait.toMillis() + " ms");
      }
      return commits::release;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(
          StoreException.Reason.OTHER, "interrupted while another change is committed");
    }
  }

  @Override
  public Outcome commit(Seen on, Draft next) throws StoreException {
    synchronized (this) {
      checkHealth();
      if (next.withdrawn().getAsBoolean()) {
        return Outcome.WITHDRAWN;
      }
      if (next.content().isPresent()) {
        if (!content.digest().equals(on.content().digest())) {
          return Outcome.OVERTAKEN;
        }
        content = next.content().get();
        stamped = content;
      }
      state = next.state();
      debounce.settled(Optional.empty());
    }
    if (next.content().isPresent()) {
      callbacks.forEach(Runnable::run);
    }
    return Outcome.COMMITTED;
  }

  @Override
  public synchronized void probe(AcceptedState present) throws StoreException {
    checkHealth();
  }

  @Override
  public Doorbell doorbell() {
    return doorbell;
  }

  @Override
  public Watch watch(Runnable mayHaveChanged) {
    // Two watches with the same callback are distinct.
    Runnable callback = mayHaveChanged::run;
    callbacks.add(callback);
    return () -> callbacks.remove(callback);
  }

  @Override
  public void requireWritable() {}

  @Override
  public String describe() {
    return "memory";
  }

  @Override
  public void close() {
    callbacks.clear();
  }
}
