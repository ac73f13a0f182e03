package io.datastored.engine;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.datastored.engine.CommitTimes.Part;
import io.datastored.history.Revision;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Commit counts count and time the expensive work of an engine. Its sums are thread-safe:
 * independent adders. The commit in progress is confined to the thread that holds {@link
 * Committer}'s gate.
 */
final class CommitCounts {
  private final LongAdder looks = new LongAdder();
  private final LongAdder commits = new LongAdder();
  private final ImmutableMap<ReloadCause, LongAdder> reloads =
      Maps.toMap(Arrays.asList(ReloadCause.values()), cause -> new LongAdder());
  private final ImmutableMap<Part, LongAdder> nanos =
      Maps.toMap(Arrays.asList(Part.values()), part -> new LongAdder());
  private final List<Consumer<CommitTimes>> listeners = new CopyOnWriteArrayList<>();

  private final EnumMap<Part, Long> present = new EnumMap<>(Part.class);
  private long atTheGate;
  private long waited;
  private long mark;
  private boolean stored;

  /** Calls this after each commit, on its thread, which must not be kept waiting. */
  void onCommit(Consumer<CommitTimes> listener) {
    listeners.add(listener);
  }

  /** The configuration and the state were looked at. */
  void looked() {
    looks.increment();
  }

  /** The gate was entered by a thread that had asked for it at this time. */
  void entered(long asked) {
    atTheGate = System.nanoTime() - asked;
  }

  /** The store is held, or cannot be held, by a thread that had asked for it at this time. */
  void held(long asked) {
    mark = System.nanoTime();
    waited = atTheGate + mark - asked;
    atTheGate = 0;
    present.clear();
    stored = false;
  }

  /**
   * What is to be committed is decided: the store begins.
   *
   * @param synced for how long this thread has waited for disks
   */
  StoreWork storing(LongSupplier synced) {
    add(Part.WAIT, waited);
    waited = 0;
    long now = System.nanoTime();
    add(Part.DECIDE, now - mark);
    return new StoreWork(now, synced);
  }

  /** Store work is one commit in the hands of the store. Confined to its thread. */
  final class StoreWork implements AutoCloseable {
    private final long begun;
    private final LongSupplier synced;
    private final long syncedBefore;

    private StoreWork(long begun, LongSupplier synced) {
      this.begun = begun;
      this.synced = synced;
      this.syncedBefore = synced.getAsLong();
    }

    /** Ends the measurement, whatever the result of the commit. */
    @Override
    public void close() {
      mark = System.nanoTime();
      long waited = synced.getAsLong() - syncedBefore;
      add(Part.SYNC, waited);
      add(Part.WRITE, mark - begun - waited);
    }
  }

  /** A state was committed by this engine. */
  void committed() {
    commits.increment();
    stored = true;
  }

  /** A snapshot is served. */
  void published(ReloadCause cause, Revision revision) {
    Objects.requireNonNull(reloads.get(cause)).increment();
    long now = System.nanoTime();
    if (stored) {
      add(Part.PUBLISH, now - mark);
      var times =
          new CommitTimes(
              cause,
              revision,
              Maps.toMap(
                  Arrays.asList(Part.values()),
                  part -> Duration.ofNanos(present.getOrDefault(part, 0L))));
      listeners.forEach(listener -> listener.accept(times));
    }
    // What follows under the same hold is another change.
    present.clear();
    stored = false;
    mark = now;
  }

  private void add(Part part, long more) {
    present.merge(part, more, Long::sum);
    Objects.requireNonNull(nanos.get(part)).add(more);
  }

  EngineCounters read() {
    return new EngineCounters(
        looks.sum(),
        reloads.values().stream().mapToLong(LongAdder::sum).sum(),
        commits.sum(),
        ImmutableMap.copyOf(Maps.transformValues(reloads, LongAdder::sum)),
        ImmutableMap.copyOf(Maps.transformValues(nanos, spent -> Duration.ofNanos(spent.sum()))));
  }
}
