package io.datastored.proof;

import io.datastored.proof.site.Event;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A drain validator looks for what no history may contain. Stateless.
 *
 * <ul>
 *   <li>P7: an operation that began or was running after DRAINED in a mode that refuses it, before
 *       somebody began to change the mode. The operation of a remote holder is over at the moment
 *       that its own clock says, and at no earlier one when the holder was killed.
 *   <li>P1: a grant in conflict with a mode that was answered before the lookup began and was still
 *       set when the grant came.
 *   <li>P12: a refusal that names no mode or no generation, or a mode that was not set meanwhile.
 *   <li>P8: a count below zero, or one above zero when all is over.
 *   <li>What a worker complains of.
 *   <li>Fencing tokens that do not rise.
 *   <li>A holder that goes on when its own clock says that it is over: not the server's fault, but
 *       then the history proves nothing.
 * </ul>
 */
final class DrainValidator {

  private static final String UNDER_MAINTENANCE = "UNDER_MAINTENANCE";

  private DrainValidator() {}

  /** One sentence for each violation. */
  static List<String> violations(DrainHistory history) {
    List<String> found = new ArrayList<>();
    Map<String, List<Span>> drained = new TreeMap<>();
    Map<String, List<Span>> surely = new TreeMap<>();
    Map<String, List<Span>> perhaps = new TreeMap<>();
    history
        .modes()
        .forEach(
            (name, modes) -> {
              drained.put(name, Span.drained(modes));
              surely.put(name, Span.surelySet(modes));
              perhaps.put(name, Span.perhapsSet(modes));
              found.addAll(drainsOfAnotherMode(modes));
            });
    for (Use use : history.uses()) {
      if (use.isGranted()) {
        inDrained(use, history, drained.getOrDefault(use.datastore, List.of())).forEach(found::add);
        againstMode(use, surely.getOrDefault(use.datastore, List.of())).forEach(found::add);
        use.tooLate().forEach(event -> found.add("worker: " + use + " used when over: " + event));
      }
      use.complaints().forEach(event -> found.add("complaint: " + use + ": " + event));
      refusals(use, perhaps.getOrDefault(use.datastore, List.of())).forEach(found::add);
    }
    history.counts().stream()
        .filter(DrainValidator::isWrong)
        .map(e -> "P8: " + e)
        .forEach(found::add);
    found.addAll(tokensThatDoNotRise(history));
    return found;
  }

  private static Stream<String> inDrained(Use use, DrainHistory history, List<Span> drained) {
    long end = use.end(history.killed());
    return drained.stream()
        .filter(span -> span.refuses(use.operation) && span.meets(use.granted(), end))
        .map(
            span ->
                "P7: " + use + " from " + use.granted() + " to " + end + " while drained " + span);
  }

  private static Stream<String> againstMode(Use use, List<Span> surely) {
    return surely.stream()
        .filter(
            span ->
                !use.isCached()
                    && span.refuses(use.operation)
                    && span.covers(use.asked, use.granted()))
        .map(span -> "P1: " + use + " granted at " + use.granted() + " while set " + span);
  }

  private static Stream<String> refusals(Use use, List<Span> perhaps) {
    return use.events.stream()
        .filter(event -> event.kind() == Kind.REFUSED)
        .filter(event -> event.text("reason").equals(UNDER_MAINTENANCE))
        .filter(event -> !isHonest(use, event, perhaps))
        .map(event -> "P12: " + use + " refused: " + event);
  }

  private static boolean isHonest(Use use, Event<Kind> refusal, List<Span> perhaps) {
    String mode = refusal.text("mode");
    if (mode.isEmpty() || mode.equals("NONE") || refusal.number("generation", 0) <= 0) {
      return false;
    }
    if (!new Span(0, 0, mode).refuses(use.operation)) {
      return false;
    }
    // A cache may refuse a little longer than the server does.
    return !refusal.text("cached").isEmpty()
        || perhaps.stream()
            .anyMatch(span -> span.mode().equals(mode) && span.meets(use.asked, refusal.nanos()));
  }

  private static List<String> drainsOfAnotherMode(List<Event<Kind>> modes) {
    List<String> found = new ArrayList<>();
    String set = "";
    for (Event<Kind> event : modes) {
      if (event.kind() == Kind.MODE_SET) {
        set = event.text("mode");
      } else if (event.kind() == Kind.DRAINED && !event.text("mode").equals(set)) {
        found.add("P7: told of another mode than " + set + ": " + event);
      }
    }
    return found;
  }

  private static boolean isWrong(Event<Kind> counts) {
    List<Long> numbers =
        Stream.of("read", "write", "leases").map(field -> counts.number(field, 0)).toList();
    boolean last = !counts.text("last").isEmpty();
    return numbers.stream().anyMatch(number -> number < 0 || (last && number > 0));
  }

  private static List<String> tokensThatDoNotRise(DrainHistory history) {
    List<Use> granted =
        history.uses().stream().filter(use -> use.isGranted() && use.token() > 0).toList();
    List<Use> byGrant = granted.stream().sorted(Comparator.comparingLong(Use::granted)).toList();
    List<Use> byAsk = granted.stream().sorted(Comparator.comparingLong(use -> use.asked)).toList();
    List<String> found = new ArrayList<>();
    int next = 0;
    long highest = 0;
    for (Use use : byAsk) {
      while (next < byGrant.size() && byGrant.get(next).granted() < use.asked) {
        highest = Math.max(highest, byGrant.get(next).token());
        next++;
      }
      if (use.token() <= highest) {
        found.add("token: " + use + " has " + use.token() + ", and " + highest + " came before");
      }
    }
    return found;
  }
}
