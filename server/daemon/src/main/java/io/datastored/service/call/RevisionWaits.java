package io.datastored.service.call;

import io.datastored.engine.Engine;
import io.datastored.engine.Subscription;
import io.datastored.engine.snapshot.Change;
import io.datastored.history.Generation;
import io.datastored.history.Incarnation;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Revision waits are the calls that wait for a generation to be served. Thread-safe. They hold no
 * thread: a wait is an entry in a map, ended by the engine's listener or by one timer.
 */
public final class RevisionWaits implements AutoCloseable {

  private final Engine engine;
  private final ScheduledExecutorService timers;
  private final Executor answering;
  private final ConcurrentSkipListMap<Place, Wait> waits = new ConcurrentSkipListMap<>();
  private final AtomicLong arrivals = new AtomicLong();
  private final Subscription subscription;

  /**
   * @param timers one thread is enough; what runs on it is short
   * @param answering ends waits, thousands at a time; has room for all of them
   */
  public RevisionWaits(Engine engine, ScheduledExecutorService timers, Executor answering) {
    this.engine = engine;
    this.timers = timers;
    this.answering = answering;
    this.subscription = engine.addListener(this::onChange);
  }

  /** What becomes of a wait: one of the two, once, unless it is cancelled. Must not block. */
  interface Waiter {

    /** The generation is served; or the history is another one, and never will be. */
    void onReached();

    void onTimeOut();
  }

  /** The place of a wait: by generation, then by arrival. */
  private record Place(Generation generation, long arrival) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      int byGeneration = generation.compareTo(other.generation);
      return byGeneration != 0 ? byGeneration : Long.compare(arrival, other.arrival);
    }
  }

  /** A wait ends once: reached, timed out or cancelled. Thread-safe. */
  final class Wait {

    private final Place place;
    private final Waiter waiter;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile @Nullable ScheduledFuture<?> timer;

    private Wait(Place place, Waiter waiter) {
      this.place = place;
      this.waiter = waiter;
    }

    /** Ends it without a word; nothing happens if it is over. */
    void cancel() {
      end();
    }

    private boolean end() {
      if (!over.compareAndSet(false, true)) {
        return false;
      }
      waits.remove(place);
      ScheduledFuture<?> running = timer;
      if (running != null) {
        running.cancel(false);
      }
      return true;
    }

    private void reached() {
      if (end()) {
        waiter.onReached();
      }
    }

    private void timedOut() {
      if (end()) {
        waiter.onTimeOut();
      }
    }
  }

  /** Makes a wait that has not begun, so that who cancels can know of it before it ends. */
  Wait prepare(Generation generation, Waiter waiter) {
    return new Wait(new Place(generation, arrivals.getAndIncrement()), waiter);
  }

  /** Begins a wait, which may end at once, in this thread. */
  void begin(Wait wait, Duration limit) {
    waits.put(wait.place, wait);
    wait.timer = timers.schedule(wait::timedOut, limit.toNanos(), TimeUnit.NANOSECONDS);
    // Register, then look again. The other way round a generation that is published between the
    // look and the registration would have told everybody but this one, who waits to the end.
    if (isServed(wait.place.generation)) {
      wait.reached();
    }
    if (wait.over.get()) {
      // Who ended it may have done so before there was anything to take out.
      waits.remove(wait.place);
      wait.timer.cancel(false);
    }
  }

  private boolean isServed(Generation generation) {
    return engine.snapshot().revision().generation().compareTo(generation) >= 0;
  }

  private void onChange(Change change) {
    Incarnation before = change.before().revision().incarnation();
    Incarnation after = change.after().revision().incarnation();
    Map<Place, Wait> reached =
        before.equals(after)
            ? waits.headMap(new Place(change.after().revision().generation(), Long.MAX_VALUE), true)
            : waits;
    reached.values().forEach(wait -> answering.execute(wait::reached));
  }

  /** How many calls wait. */
  int size() {
    return waits.size();
  }

  /** Ends every wait as if its time were over. */
  @Override
  public void close() {
    subscription.close();
    waits.values().forEach(Wait::timedOut);
  }
}
