package io.datastored.proof;

import io.datastored.proof.site.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A use is one operation of a worker as the histories tell it, from its lookup to its end. Confined
 * to one thread while it is put together.
 */
final class Use {

  private static final long NEVER = Long.MAX_VALUE;

  final String id;
  final String worker;
  final String datastore;
  final String operation;
  final long asked;
  final List<Event<Kind>> events = new ArrayList<>();

  private long granted = NEVER;
  private long promised = NEVER;
  private long over = NEVER;
  private long token;
  private boolean cached;

  private Use(Event<Kind> asked) {
    this.id = asked.text("id");
    this.worker = asked.who();
    this.datastore = asked.text("datastore");
    this.operation = asked.text("operation");
    this.asked = asked.nanos();
  }

  static Use begun(Event<Kind> lookup) {
    Use use = new Use(lookup);
    use.events.add(lookup);
    return use;
  }

  void add(Event<Kind> event) {
    events.add(event);
    switch (event.kind()) {
      case GRANTED -> {
        granted = event.nanos();
        token = event.number("token", 0);
        promised = event.number("until", NEVER);
        cached = !event.text("cached").isEmpty();
      }
      case UNTIL -> promised = Math.max(promised, event.number("until", NEVER));
      case RELEASE_BEGIN, LOST -> over = Math.min(over, event.nanos());
      default -> {
        // Tells nothing about how long it lasts.
      }
    }
  }

  boolean isGranted() {
    return granted != NEVER;
  }

  long granted() {
    return granted;
  }

  /** Of a lease; 0 of an operation of a process on this host. */
  long token() {
    return token;
  }

  /**
   * Granted by a cache, which hears of a mode later than the one who set it; a drain waits for it.
   */
  boolean isCached() {
    return cached;
  }

  /** Held remotely, so it has an end of its own by the holder's clock. */
  boolean isLease() {
    return promised != NEVER;
  }

  /**
   * When it was over: by the holder's word, by its clock, or, in a process of this host, when that
   * was killed. A lease whose holder was killed lasts as long as it was promised: nobody can know
   * that the holder is not just slow.
   */
  long end(Map<String, Long> killed) {
    long byKill = isLease() ? NEVER : killed.getOrDefault(worker, NEVER);
    return Math.min(Math.min(over, promised), byKill);
  }

  /** What its worker saw that must not be. */
  List<Event<Kind>> complaints() {
    return events.stream().filter(event -> event.kind() == Kind.COMPLAINT).toList();
  }

  /** Uses after the holder had to know that it was over. */
  List<Event<Kind>> tooLate() {
    long until = NEVER;
    List<Event<Kind>> late = new ArrayList<>();
    boolean ended = false;
    for (Event<Kind> event : events) {
      if (event.kind() == Kind.GRANTED || event.kind() == Kind.UNTIL) {
        long told = event.number("until", NEVER);
        until = until == NEVER ? told : Math.max(until, told);
      } else if (event.kind() == Kind.RELEASE_BEGIN || event.kind() == Kind.LOST) {
        ended = true;
      } else if (event.kind() == Kind.USE && (ended || event.nanos() >= until)) {
        late.add(event);
      }
    }
    return late;
  }

  @Override
  public String toString() {
    return operation + " of " + datastore + " by " + worker + " (" + id + ")";
  }
}
