package io.datastored.history;

import io.datastored.file.Digest;
import io.datastored.file.StoreException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A memory config store keeps the configuration in this process, for tests and for embedders that
 * have their own source of it. Thread-safe: the content is guarded by the store, callbacks run
 * outside of the lock on the thread that made the change.
 */
public final class MemoryConfigStore implements ConfigStore {

  private final List<Runnable> callbacks = new CopyOnWriteArrayList<>();
  private ConfigContent content = ConfigContent.MISSING;

  /** What {@link #refresh} takes for the content. */
  private ConfigContent told = ConfigContent.MISSING;

  private StoreException.@Nullable Reason failure;

  /** Makes a store that holds nothing. */
  public MemoryConfigStore() {}

  /** Puts a content in place, as an editor would who asks nobody. */
  public void edit(byte[] next) {
    put(new ConfigContent(next.clone(), Optional.empty()));
  }

  /** Takes the content away, as somebody who deletes the file. */
  public void remove() {
    put(ConfigContent.MISSING);
  }

  /** Puts a content in place that only a load finds, as one that is written past a file's times. */
  public synchronized void editUnseen(byte[] next) {
    content = new ConfigContent(next.clone(), Optional.empty());
  }

  private void put(ConfigContent next) {
    synchronized (this) {
      content = next;
      told = next;
    }
    callbacks.forEach(Runnable::run);
  }

  /** Makes every load and save fail until {@link #heal}. */
  public synchronized void fail(StoreException.Reason reason) {
    failure = reason;
  }

  /** Ends what {@link #fail} began. */
  public synchronized void heal() {
    failure = null;
  }

  private synchronized void checkHealth() throws StoreException {
    if (failure != null) {
      throw new StoreException(failure, "the store in memory was told to fail");
    }
  }

  @Override
  public synchronized ConfigContent load() throws StoreException {
    checkHealth();
    told = content;
    return content;
  }

  @Override
  public synchronized ConfigContent refresh() throws StoreException {
    checkHealth();
    return told;
  }

  @Override
  public PreparedSave prepare(Digest expected, ConfigContent next) throws StoreException {
    checkHealth();
    return new MemorySave(expected, next);
  }

  @Override
  public Watch watch(Runnable onMaybeChanged) {
    // Two watches of one callback are two.
    Runnable callback = onMaybeChanged::run;
    callbacks.add(callback);
    return () -> callbacks.remove(callback);
  }

  @Override
  public Optional<String> readOnlyReason() {
    return Optional.empty();
  }

  @Override
  public String describe() {
    return "memory";
  }

  @Override
  public void close() {
    callbacks.clear();
  }

  private final class MemorySave implements PreparedSave {

    private final Digest expected;
    private final ConfigContent next;
    private boolean done;

    private MemorySave(Digest expected, ConfigContent next) {
      this.expected = expected;
      this.next = next;
    }

    @Override
    public SaveOutcome commit() throws StoreException {
      if (done) {
        throw new IllegalStateException("this save is over");
      }
      synchronized (MemoryConfigStore.this) {
        checkHealth();
        done = true;
        if (!content.digest().equals(expected)) {
          return new SaveOutcome.ChangedMeanwhile(content.digest());
        }
        content = next;
        told = next;
      }
      callbacks.forEach(Runnable::run);
      return new SaveOutcome.Saved(next.digest());
    }

    @Override
    public void abort() {
      done = true;
    }

    /** The content is compared and replaced in one step, so nobody writes in between. */
    @Override
    public Optional<String> settle() {
      return Optional.empty();
    }
  }
}
