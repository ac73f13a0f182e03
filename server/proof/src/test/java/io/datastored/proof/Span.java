package io.datastored.proof;

import io.datastored.proof.site.Event;
import java.util.ArrayList;
import java.util.List;

/**
 * A span is a time in which something is known about the mode of one datastore. Immutable.
 *
 * @param from the first moment
 * @param to the first moment after it
 * @param mode the mode
 */
record Span(long from, long to, String mode) {

  private static final long NEVER = Long.MAX_VALUE;

  /** From each DRAINED until somebody began to change the mode. */
  static List<Span> drained(List<Event<Kind>> modes) {
    return spans(modes, Kind.DRAINED, Kind.MODE_BEGIN);
  }

  /** From the answer that a mode is set until somebody began to change it: it was surely set. */
  static List<Span> surelySet(List<Event<Kind>> modes) {
    return spans(modes, Kind.MODE_SET, Kind.MODE_BEGIN);
  }

  /** From when a mode was asked for until another one was answered: it may have been set. */
  static List<Span> perhapsSet(List<Event<Kind>> modes) {
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i < modes.size(); i++) {
      Event<Kind> begin = modes.get(i);
      if (begin.kind() == Kind.MODE_BEGIN) {
        Event<Kind> next = nextOther(modes, i);
        spans.add(new Span(begin.nanos(), next == null ? NEVER : next.nanos(), begin.text("mode")));
      }
    }
    return spans;
  }

  /** The answer to the first later request that was answered. */
  private static Event<Kind> nextOther(List<Event<Kind>> modes, int begin) {
    boolean later = false;
    for (Event<Kind> event : modes.subList(begin + 1, modes.size())) {
      later |= event.kind() == Kind.MODE_BEGIN;
      if (later && event.kind() == Kind.MODE_SET) {
        return event;
      }
    }
    return null;
  }

  private static List<Span> spans(List<Event<Kind>> modes, Kind first, Kind last) {
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i < modes.size(); i++) {
      if (modes.get(i).kind() == first) {
        long to =
            modes.subList(i + 1, modes.size()).stream()
                .filter(event -> event.kind() == last)
                .mapToLong(Event::nanos)
                .findFirst()
                .orElse(NEVER);
        spans.add(new Span(modes.get(i).nanos(), to, modes.get(i).text("mode")));
      }
    }
    return spans;
  }

  boolean meets(long begin, long end) {
    return begin < to && end > from;
  }

  boolean covers(long begin, long end) {
    return from <= begin && end <= to;
  }

  /** The matrix of the contract, written down a second time. */
  boolean refuses(String operation) {
    return switch (mode) {
      case "NONE" -> false;
      case "READ_ONLY" -> operation.equals("WRITE");
      case "OFFLINE", "DELETE", "UNMOUNT", "S3_REFRESH" -> true;
      default -> throw new IllegalStateException("no such mode: " + mode);
    };
  }
}
