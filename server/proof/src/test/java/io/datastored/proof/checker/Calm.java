package io.datastored.proof.checker;

import static java.util.stream.Collectors.toCollection;

import io.datastored.proof.history.Event;
import io.datastored.proof.history.History;
import io.datastored.proof.history.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * When nobody disturbs any more, nothing is left behind: all counts are 0, nobody has work, no life
 * is there but those that report, and within the bound all replicas and clients have the same.
 *
 * <p>The last line of each count must be 0, and none ever below. Of what each process had after the
 * rest began: the last of all must be equal, and each must have had it within the bound.
 */
final class Calm implements Checker {

  private static final String RULE = "calm";

  private final long bound;

  /**
   * @param bound how long a replica or client may need for the last change
   */
  Calm(Duration bound) {
    this.bound = bound.toNanos();
  }

  @Override
  public List<Finding> check(History history) {
    List<Finding> found = new ArrayList<>();
    for (Event counts : history.of(Kind.COUNTS)) {
      List<Long> numbers =
          Stream.of("read", "write", "leases").map(field -> counts.number(field, 0)).toList();
      boolean isNegative = numbers.stream().anyMatch(number -> number < 0);
      if (isNegative || (counts.has("last") && numbers.stream().anyMatch(number -> number > 0))) {
        String what = isNegative ? "a count is below 0" : "a count is not 0 though all is over";
        found.add(new Finding(RULE, counts.datastore(), what, rest(history, counts), counts));
      }
    }
    if (!history.of(Kind.REST).isEmpty()) {
      afterRest(history, found);
    }
    return found;
  }

  private static Event rest(History history, Event otherwise) {
    List<Event> rests = history.of(Kind.REST);
    return rests.isEmpty() ? otherwise : rests.get(rests.size() - 1);
  }

  private void afterRest(History history, List<Finding> found) {
    List<Event> states = history.of(Kind.STATE);
    if (states.isEmpty()) {
      return;
    }
    Event rest = rest(history, states.get(0));
    Map<String, Event> last = new LinkedHashMap<>();
    for (Event state : states) {
      if (!history.killed().containsKey(state.who())) {
        last.put(state.who(), state);
      }
    }
    Event newest = states.get(states.size() - 1);
    Set<String> lives =
        last.values().stream()
            .filter(state -> state.has("life"))
            .map(state -> state.text("life"))
            .collect(toCollection(TreeSet::new));
    for (Event state : last.values()) {
      if (state.nanos() < rest.nanos()) {
        String what = state.who() + " has said nothing since the rest began";
        found.add(new Finding(RULE, "", what, rest, state));
      } else if (!isSame(state, newest)) {
        String what = state.who() + " and " + newest.who() + " do not come to have the same";
        found.add(new Finding(RULE, "", what, newest, state));
      } else {
        inTime(states, state, rest, found);
      }
      if (state.number("work", 0) != 0) {
        String what = "work is left: " + state.text("work") + " keys";
        found.add(new Finding(RULE, "", what, rest, state));
      }
      if (state.has("lives") && !lives.equals(Set.of(state.text("lives").split(",")))) {
        String what = "the lives are " + state.text("lives") + ", and there are " + lives;
        found.add(new Finding(RULE, "", what, rest, state));
      }
    }
  }

  private static boolean isSame(Event one, Event other) {
    return one.text("revision").equals(other.text("revision"))
        && one.text("digest").equals(other.text("digest"));
  }

  private void inTime(List<Event> states, Event last, Event rest, List<Finding> found) {
    for (Event state : states) {
      if (state.who().equals(last.who()) && isSame(state, last)) {
        if (state.nanos() - rest.nanos() > bound) {
          String what =
              "%s had the last change only %d ns after the rest began, bound %d ns"
                  .formatted(state.who(), state.nanos() - rest.nanos(), bound);
          found.add(new Finding(RULE, "", what, rest, state));
        }
        return;
      }
    }
  }
}
