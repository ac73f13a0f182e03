package io.datastored.proof;

import io.datastored.proof.site.Event;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A drain history is what workers did with datastores while modes changed. Immutable once made.
 *
 * @param uses by id, in the order of their lookups
 * @param modes the events about modes and drains, by datastore, in order
 * @param counts what Status said
 * @param killed when workers were killed
 */
record DrainHistory(
    Collection<Use> uses,
    Map<String, List<Event<Kind>>> modes,
    List<Event<Kind>> counts,
    Map<String, Long> killed) {

  private static final Set<Kind> OF_A_MODE =
      Set.of(
          Kind.MODE_BEGIN,
          Kind.MODE_SET,
          Kind.MODE_UNANSWERED,
          Kind.DRAIN_BEGIN,
          Kind.DRAINED,
          Kind.DRAIN_ENDED);

  /**
   * @param events in the order of time
   */
  static DrainHistory of(List<Event<Kind>> events) {
    Map<String, Use> uses = new LinkedHashMap<>();
    Map<String, List<Event<Kind>>> modes = new TreeMap<>();
    List<Event<Kind>> counts = new ArrayList<>();
    Map<String, Long> killed = new HashMap<>();
    for (Event<Kind> event : events) {
      if (event.kind() == Kind.LOOKUP_BEGIN) {
        uses.put(event.text("id"), Use.begun(event));
      } else if (OF_A_MODE.contains(event.kind())) {
        modes.computeIfAbsent(event.text("datastore"), name -> new ArrayList<>()).add(event);
      } else if (event.kind() == Kind.COUNTS) {
        counts.add(event);
      } else if (event.kind() == Kind.KILL) {
        killed.put(event.text("worker"), event.nanos());
      } else {
        Use use = uses.get(event.text("id"));
        if (use == null) {
          throw new IllegalArgumentException("nobody asked for it: " + event);
        }
        use.add(event);
      }
    }
    return new DrainHistory(uses.values(), modes, counts, killed);
  }

  List<Event<Kind>> modesOf(String datastore) {
    return modes.getOrDefault(datastore, List.of());
  }

  /** How often something happened to a use. */
  long count(Kind kind, String field, String value) {
    return uses.stream()
        .flatMap(use -> use.events.stream())
        .filter(event -> event.kind() == kind && event.text(field).equals(value))
        .count();
  }

  long granted() {
    return uses.stream().filter(Use::isGranted).count();
  }

  long drained() {
    return modes.values().stream()
        .flatMap(List::stream)
        .filter(event -> event.kind() == Kind.DRAINED)
        .count();
  }
}
