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
 * thread: a wait is an entry in a map, ended by the engine's listener or by a timer.
 */
public final class RevisionWaits implements AutoCloseable {

  private final Engine engine;
  private final ScheduledExecutorService timers;
  private final Executor answering;
  private final ConcurrentSkipListMap<Place, Wait> waits = new ConcurrentSkipListMap<>();
  private final AtomicLong arrivals = new AtomicLong();
  private final Subscription subscription;

  /**
   * @param timers runs short tasks; one thread is enough
   * @param answering completes waits, thousands at a time; its queue must have room for all of them
   */
  public RevisionWaits(Engine engine, ScheduledExecutorService timers, Executor answering) {
    this.engine = engine;
    this.timers = timers;
    this.answering = answering;
    this.subscription = engine.addListener(this::onChange);
  }

  /**
   * A waiter receives the result of a wait: one of its two methods is called once, unless the wait
   * is cancelled. Must not block.
   */
  interface Waiter {

    /** The generation is served, or can never be because the history is another one. */
    void onReached();

    void onTimeOut();
  }

  /** The place of a wait in the order: by generation, then by arrival. */
  private record Place(Generation generation, long arrival) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      int byGeneration = generation.compareTo(other.generation);
      return byGeneration != 0 ? byGeneration : Long.compare(arrival, other.arrival);
    }
  }

  /** A wait is one waiting call. Thread-safe. It ends once: reached, timed out or cancelled. */
  final class Wait {

    private final Place place;
    private final Waiter waiter;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile @Nullable ScheduledFuture<?> timer;

    private Wait(Place place, Waiter waiter) {
      this.place = place;
      this.waiter = waiter;
    }

    /** Cancels the wait without calling the waiter; does nothing if it has ended. */
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

  /** Creates a wait without starting it, so that a cancellation can refer to it before it ends. */
  Wait prepare(Generation generation, Waiter waiter) {
    return new Wait(new Place(generation, arrivals.getAndIncrement()), waiter);
  }

  /** Starts a wait, which may end at once, on this thread. */
  void begin(Wait wait, Duration limit) {
    waits.put(wait.place, wait);
    wait.timer = timers.schedule(wait::timedOut, limit.toNanos(), TimeUnit.NANOSECONDS);
    // Register, then check again. In the other order, a generation published between the check and
    // the registration would notify all waits but this one, which would wait until its timeout.
    if (isServed(wait.place.generation)) {
      wait.reached();
    }
    if (wait.over.get()) {
      // The wait may have been ended before it was in the map.
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

  /** The number of waiting calls. */
  int size() {
    return waits.size();
  }

  /** Ends every wait as if it had timed out. */
  @Override
  public void close() {
    subscription.close();
    waits.values().forEach(Wait::timedOut);
  }
}
