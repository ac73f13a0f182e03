package io.datastored.proof.history;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toCollection;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A history is what all processes of a proof wrote down, put in order. Immutable once made. */
public final class History {

  private static final Set<Kind> BEGINS =
      Set.of(Kind.LOOKUP_BEGIN, Kind.WRITE_BEGIN, Kind.DRAIN_BEGIN);

  private static final Set<Kind> ENDS =
      Set.of(
          Kind.GRANTED,
          Kind.REFUSED,
          Kind.UNANSWERED,
          Kind.WRITE_DONE,
          Kind.WRITE_REFUSED,
          Kind.WRITE_UNKNOWN,
          Kind.DRAINED,
          Kind.DRAIN_ENDED);

  private static final Set<Kind> OF_A_USE =
      Set.of(
          Kind.GRANTED,
          Kind.REFUSED,
          Kind.UNANSWERED,
          Kind.UNTIL,
          Kind.USE,
          Kind.RELEASE_BEGIN,
          Kind.RELEASED,
          Kind.LOST,
          Kind.COMPLAINT);

  private final List<Event> events;
  private final Map<Kind, List<Event>> byKind = new EnumMap<>(Kind.class);
  private final Map<String, Event> begun = new LinkedHashMap<>();
  private final Map<String, Event> ended = new HashMap<>();
  private final Map<String, Use> uses = new LinkedHashMap<>();
  private final Map<String, Long> killed = new HashMap<>();
  private final Map<String, List<Call>> writes;
  private final Map<String, List<Call>> drains;

  private History(List<Event> events) {
    this.events = List.copyOf(events);
    events.forEach(this::add);
    this.writes = calls(Kind.WRITE_BEGIN);
    this.drains = calls(Kind.DRAIN_BEGIN);
  }

  /**
   * @param events in the order of time
   * @throws IllegalArgumentException if an answer has no question, or an id is used twice
   */
  public static History of(List<Event> events) {
    return new History(events);
  }

  private void add(Event event) {
    byKind.computeIfAbsent(event.kind(), kind -> new ArrayList<>()).add(event);
    if (event.kind() == Kind.KILL) {
      killed.put(event.text("worker"), event.nanos());
    }
    if (BEGINS.contains(event.kind()) && begun.put(event.id(), event) != null) {
      throw new IllegalArgumentException("an id that was used before: " + event);
    }
    if (event.kind() == Kind.LOOKUP_BEGIN) {
      uses.put(event.id(), Use.begun(event));
    }
    if (ENDS.contains(event.kind()) && begun.containsKey(event.id())) {
      ended.putIfAbsent(event.id(), event);
    } else if (ENDS.contains(event.kind())) {
      throw new IllegalArgumentException("nobody asked for it: " + event);
    }
    if (OF_A_USE.contains(event.kind())) {
      Use use = uses.get(event.id());
      if (use == null) {
        throw new IllegalArgumentException("nobody asked for it: " + event);
      }
      use.add(event);
    }
  }

  private Map<String, List<Call>> calls(Kind begin) {
    return of(begin).stream()
        .map(event -> new Call(event, Optional.ofNullable(ended.get(event.id()))))
        .collect(groupingBy(Call::datastore, TreeMap::new, toCollection(ArrayList::new)));
  }

  /** Everything, in the order of time. */
  public List<Event> events() {
    return events;
  }

  /** Everything of one kind, in the order of time. */
  public List<Event> of(Kind kind) {
    return byKind.getOrDefault(kind, List.of());
  }

  /** All lookups that had an id, with what became of them, in the order of asking. */
  public Collection<Use> uses() {
    return uses.values();
  }

  /** The writes of a datastore, in the order of asking. */
  public List<Call> writes(String datastore) {
    return writes.getOrDefault(datastore, List.of());
  }

  /** The drains of a datastore, in the order of asking. */
  public List<Call> drains(String datastore) {
    return drains.getOrDefault(datastore, List.of());
  }

  /** All names that were written, drained or asked for. */
  public Set<String> datastores() {
    Set<String> names = new TreeSet<>(writes.keySet());
    names.addAll(drains.keySet());
    uses.values().forEach(use -> names.add(use.datastore));
    return names;
  }

  /** When workers were killed. */
  public Map<String, Long> killed() {
    return killed;
  }

  /** How many granted lookups it has. */
  public long granted() {
    return uses.values().stream().filter(Use::isGranted).count();
  }
}
