package io.datastored.client.proof;

import io.datastored.proof.site.Event;
import java.util.ArrayList;
import java.util.List;

/**
 * Modes are what an operator did with the mode of one datastore, as times in which something is
 * known about it. Immutable.
 *
 * @param drained from each DRAINED until somebody began to change the mode
 * @param set from the answer that a mode is set until somebody began to change it
 */
record Modes(List<Span> drained, List<Span> set) {

  /**
   * A time in which a mode is known.
   *
   * @param from the first moment
   * @param to the first moment after it
   */
  record Span(long from, long to, String mode) {

    boolean covers(long begin, long end) {
      return from <= begin && end < to;
    }

    /** The matrix of the contract, written down once more. */
    boolean refuses(String operation) {
      return switch (mode) {
        case "NONE" -> false;
        case "READ_ONLY" -> operation.equals("WRITE");
        case "OFFLINE" -> !operation.equals("LOOKUP");
        default -> throw new IllegalStateException("no such mode here: " + mode);
      };
    }
  }

  /**
   * @param events about one datastore, in the order of time
   */
  static Modes of(List<Event<Kind>> events) {
    return new Modes(spans(events, Kind.DRAINED), spans(events, Kind.MODE_SET));
  }

  private static List<Span> spans(List<Event<Kind>> events, Kind first) {
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i < events.size(); i++) {
      Event<Kind> event = events.get(i);
      if (event.kind() == first) {
        long to =
            events.subList(i + 1, events.size()).stream()
                .filter(later -> later.kind() == Kind.MODE_BEGIN)
                .mapToLong(Event::nanos)
                .findFirst()
                .orElse(Long.MAX_VALUE);
        spans.add(new Span(event.nanos(), to, event.text("mode")));
      }
    }
    return spans;
  }
}
