package io.datastored.proof.history;

import java.util.ArrayList;
import java.util.List;

/**
 * A use is one operation of a worker as the history tells it, from its lookup to its end. Confined
 * to one thread while it is put together.
 */
public final class Use {

  private static final long NEVER = Long.MAX_VALUE;

  public final String id;
  public final String worker;
  public final String datastore;
  public final String operation;
  public final Event asked;
  private final List<Event> events = new ArrayList<>();

  private Event granted;
  private long promised = NEVER;
  private Event over;
  private Event lastUse;

  private Use(Event asked) {
    this.id = asked.id();
    this.worker = asked.who();
    this.datastore = asked.datastore();
    this.operation = asked.text("operation");
    this.asked = asked;
  }

  static Use begun(Event lookup) {
    return new Use(lookup);
  }

  void add(Event event) {
    events.add(event);
    switch (event.kind()) {
      case GRANTED -> {
        granted = event;
        promised = event.number("until", NEVER);
      }
      case UNTIL -> promised = Math.max(promised, event.number("until", NEVER));
      case USE -> lastUse = event;
      case RELEASE_BEGIN, LOST -> over = over == null ? event : over;
      default -> {
        // Says nothing about how long it lasts.
      }
    }
  }

  /** What happened to it after the question, in order. */
  public List<Event> events() {
    return events;
  }

  public boolean isGranted() {
    return granted != null;
  }

  /** The answer that granted it. */
  public Event granted() {
    return granted;
  }

  /** Of a lease; 0 when it is not known, and of an operation of a process on this host. */
  public long token() {
    return granted.number("token", 0);
  }

  /** The id of its lease, which other uses may share; that of the use when nothing else is said. */
  public String lease() {
    return granted.has("lease") ? granted.text("lease") : id;
  }

  /**
   * Granted by a cache, which hears of a mode later than the one who set it; a drain waits for it.
   */
  public boolean isCached() {
    return granted.has("cached");
  }

  /** A handle that says by itself whether it is valid. */
  public boolean saysWhetherAlive() {
    return granted.has("alive");
  }

  /** Held remotely, so it has an end of its own by the holder's clock. */
  private boolean isLease() {
    return promised != NEVER;
  }

  /** The last event that shows that it was held. */
  public Event lastShown() {
    return lastUse != null ? lastUse : granted;
  }

  /**
   * When it was over: by the holder's word, by its clock, or, in a process of this host, when that
   * was killed. A lease whose holder was killed lasts as long as it was promised: nobody can know
   * that the holder is not just slow. A handle that says whether it is alive was so until it last
   * said yes, because it never comes back to life.
   */
  public long end(History history) {
    if (saysWhetherAlive()) {
      // Who wrote down the grant may have been stopped before it: alone it only says that there was
      // one after the question.
      return lastUse == null ? asked.nanos() : lastUse.nanos();
    }
    long byKill = isLease() ? NEVER : history.killed().getOrDefault(worker, NEVER);
    return Math.min(Math.min(over == null ? NEVER : over.nanos(), promised), byKill);
  }

  /** Uses after the holder had to know that it was over. */
  public List<Event> tooLate() {
    List<Event> late = new ArrayList<>();
    long until = NEVER;
    boolean ended = false;
    for (Event event : events) {
      switch (event.kind()) {
        case GRANTED -> until = event.number("until", NEVER);
        case UNTIL -> until = Math.max(until == NEVER ? 0 : until, event.number("until"));
        case RELEASE_BEGIN, LOST -> ended = true;
        case USE -> {
          if (ended || event.nanos() >= until) {
            late.add(event);
          }
        }
        default -> {
          // Says nothing about how long it lasts.
        }
      }
    }
    return late;
  }

  @Override
  public String toString() {
    return operation + " of " + datastore + " by " + worker + " (" + id + ")";
  }
}
