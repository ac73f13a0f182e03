package io.datastored.client.proof;

import io.datastored.proof.site.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A staleness validator looks for what no history of a near cache may contain. Confined to one
 * thread.
 *
 * <p>An event counts if it breaks a rule whenever between its two times it happened.
 *
 * <ul>
 *   <li>P5: an answer from memory, yes or no, that leaves out a change which was answered more than
 *       the bound before the question.
 *   <li>P6: a WRITE that was answered from memory while the client was not FRESH.
 *   <li>P7: a handle that says it is alive, or an operation that is granted from memory, after
 *       DRAINED in a mode that refuses it, before somebody began to change the mode.
 *   <li>A handle that is alive again after it was not.
 *   <li>Fencing tokens that do not rise from one lease to the next of a client.
 * </ul>
 */
final class StalenessValidator {

  /** In a longer time the state may have changed, and changed back before it was read again. */
  private static final long WITHOUT_A_PAUSE = 1_000_000;

  private static final Set<Kind> OF_A_MODE = Set.of(Kind.MODE_BEGIN, Kind.MODE_SET, Kind.DRAINED);

  private final long bound;
  private final Map<String, Modes> modes = new HashMap<>();

  /** By datastore and generation: when it or a later one was first answered. */
  private final Map<String, NavigableMap<Long, Long>> answered = new HashMap<>();

  private final List<String> violations = new ArrayList<>();
  private long oldest;

  private StalenessValidator(Duration bound) {
    this.bound = bound.toNanos();
  }

  /**
   * Looks through a history.
   *
   * @param bound how old an answer from memory may be
   * @param events in the order of time
   */
  static StalenessValidator of(Duration bound, List<Event<Kind>> events) {
    StalenessValidator validator = new StalenessValidator(bound);
    validator.learn(events);
    validator.look(events);
    return validator;
  }

  /** One sentence for each violation. */
  List<String> violations() {
    return violations;
  }

  /** How long before the question a change was answered that an answer from memory left out. */
  Duration oldest() {
    return Duration.ofNanos(oldest);
  }

  private void learn(List<Event<Kind>> events) {
    Map<String, List<Event<Kind>>> ofModes = new HashMap<>();
    for (Event<Kind> event : events) {
      if (OF_A_MODE.contains(event.kind())) {
        ofModes.computeIfAbsent(event.datastore(), name -> new ArrayList<>()).add(event);
      }
      if (event.kind() == Kind.CHANGED || event.kind() == Kind.MODE_SET) {
        answered
            .computeIfAbsent(event.datastore(), name -> new TreeMap<>())
            .merge(event.number("generation"), event.nanos(), Math::min);
      }
    }
    ofModes.forEach((name, of) -> modes.put(name, Modes.of(of)));
    // Who lacks a generation lacks the later ones too, so the earliest answer of those counts.
    for (NavigableMap<Long, Long> times : answered.values()) {
      long earliest = Long.MAX_VALUE;
      for (Map.Entry<Long, Long> entry : times.descendingMap().entrySet()) {
        earliest = Math.min(earliest, entry.getValue());
        entry.setValue(earliest);
      }
    }
  }

  private void look(List<Event<Kind>> events) {
    Map<String, Event<Kind>> lost = new HashMap<>();
    Map<String, Long> tokens = new HashMap<>();
    for (Event<Kind> event : events) {
      String holder = event.who() + event.datastore() + event.text("operation");
      switch (event.kind()) {
        case ANSWERED -> {
          age(event);
          fresh(event);
          drained(event);
        }
        case REFUSED -> refused(event);
        case USE -> {
          drained(event);
          if (lost.containsKey(holder)) {
            violations.add("alive again: " + event + " after " + lost.get(holder));
          }
        }
        case LOST -> lost.put(holder, event);
        case HELD -> {
          lost.remove(holder);
          long token = event.number("token");
          if (tokens.getOrDefault(holder, 0L) > token) {
            violations.add("token: " + event + " after " + tokens.get(holder));
          }
          tokens.put(holder, token);
        }
        case CLOSED, CHANGED, MODE_BEGIN, MODE_SET, DRAINED -> {
          // Nothing is claimed.
        }
      }
    }
  }

  private void age(Event<Kind> event) {
    NavigableMap<Long, Long> times = answered.getOrDefault(event.datastore(), new TreeMap<>());
    Map.Entry<Long, Long> missed = times.higherEntry(event.number("generation"));
    if (missed != null) {
      long age = event.nanos() - missed.getValue();
      oldest = Math.max(oldest, age);
      if (age > bound) {
        violations.add(
            "P5: " + event + " leaves out " + missed.getKey() + ", answered " + age + " ns before");
      }
    }
  }

  private void refused(Event<Kind> event) {
    Optional<Modes.Span> other =
        find(
            event,
            Modes::set,
            span ->
                !span.mode().equals(event.text("mode"))
                    && span.covers(event.nanos() - bound, event.until()));
    other.ifPresent(span -> violations.add("P5: " + event + " while " + span));
  }

  private void fresh(Event<Kind> event) {
    String state = event.text("state");
    if (event.text("operation").equals("WRITE")
        && !state.isEmpty()
        && !state.equals("FRESH")
        && event.until() - event.nanos() < WITHOUT_A_PAUSE) {
      violations.add("P6: " + event);
    }
  }

  private void drained(Event<Kind> event) {
    Optional<Modes.Span> span =
        find(
            event,
            Modes::drained,
            drained ->
                drained.refuses(event.text("operation"))
                    && drained.covers(event.nanos(), event.until()));
    span.ifPresent(drained -> violations.add("P7: " + event + " while drained " + drained));
  }

  private Optional<Modes.Span> find(
      Event<Kind> event, Function<Modes, List<Modes.Span>> of, Predicate<Modes.Span> condition) {
    Modes ofIt = modes.get(event.datastore());
    return ofIt == null ? Optional.empty() : of.apply(ofIt).stream().filter(condition).findFirst();
  }
}
