package io.datastored.proof.checker;

import static io.datastored.proof.checker.Histories.sorted;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.proof.history.Call;
import io.datastored.proof.history.Event;
import io.datastored.proof.history.History;
import io.datastored.proof.history.Kind;
import io.datastored.proof.history.Span;
import io.datastored.soak.Soak;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Histories that keep all rules give no alarm; of those with one broken rule only its checker. */
final class CheckerTest {

  private static final int HISTORIES = 60_000;
  private static final int BROKEN = 3_000;
  private static final int FEWEST = 1_000;
  private static final Duration BOUND = Duration.ofNanos(Simulation.BOUND);
  private static final String MUTANT = "mutant";

  /** One rule that is broken, and by whom that is found. */
  private enum Breach {
    HELD_AFTER_DRAINED("P7 drained promise"),
    GRANTED_UNDER_A_MODE("mode register"),
    ANSWER_TOO_OLD("P5 staleness bound"),
    TOKEN_OF_ANOTHER("tokens"),
    ANOTHER_CONTENT("revisions"),
    WRITTEN_TWICE("writes as told"),
    COUNT_LEFT("calm"),
    GENERATION_LOST("generation sums"),
    USED_WHEN_OVER("conduct");

    final String rule;

    Breach(String rule) {
      this.rule = rule;
    }
  }

  @Test
  @Tag("soak")
  void check_historiesOfACorrectServer_findsNothing() {
    Soak soak = Soak.of("histories of a simulated correct server: no checker gives an alarm");
    SplittableRandom random = soak.random();
    int count = Math.max(FEWEST, soak.times(HISTORIES));
    Map<Kind, Integer> told = new EnumMap<>(Kind.class);
    List<String> alarms = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Event> events = Simulation.play(random.split());
      events.forEach(event -> told.merge(event.kind(), 1, Integer::sum));
      alarms.addAll(Checker.violations(BOUND, History.of(events)));
    }
    // Else a checker may have had nothing to look at.
    assertThat(told).containsOnlyKeys(without(Kind.COMPLAINT, Kind.UNANSWERED, Kind.RELEASED));
    soak.end(count, alarms);
  }

  private static List<Kind> without(Kind... kinds) {
    return Stream.of(Kind.values()).filter(kind -> !List.of(kinds).contains(kind)).toList();
  }

  @Test
  @Tag("soak")
  void check_historiesWithOneBreach_areFoundByItsCheckerOnly_withBothEvents() {
    Soak soak = Soak.of("histories with one broken rule: found by the checker of that rule only");
    SplittableRandom random = soak.random();
    int count = Math.max(FEWEST / 10, soak.times(BROKEN));
    Map<Breach, Integer> broken = new EnumMap<>(Breach.class);
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Event> events = Simulation.play(random.split());
      for (Breach breach : Breach.values()) {
        List<Event> mutated = mutated(breach, events, random);
        if (!mutated.equals(events)) {
          broken.merge(breach, 1, Integer::sum);
          judge(breach, mutated, wrong);
        }
      }
    }
    assertThat(broken).containsOnlyKeys(Breach.values());
    soak.end(count, wrong);
  }

  private static void judge(Breach breach, List<Event> events, List<String> wrong) {
    History history = History.of(events);
    List<Finding> found =
        Checker.all(BOUND).stream().flatMap(checker -> checker.check(history).stream()).toList();
    if (found.isEmpty()) {
      wrong.add(breach + " is not found");
    }
    for (Finding finding : found) {
      String text = finding.toString();
      if (!finding.rule().equals(breach.rule)
          || !events.contains(finding.first())
          || !events.contains(finding.second())
          || !text.contains(finding.first().toString())
          || !text.contains(finding.second().toString())
          || !text.contains(finding.datastore())) {
        wrong.add(breach + " is found as " + text);
      }
    }
  }

  /** The same history with one rule broken; the same when it has no place for that. */
  private static List<Event> mutated(Breach breach, List<Event> events, SplittableRandom random) {
    History history = History.of(events);
    return switch (breach) {
      case HELD_AFTER_DRAINED -> heldAfterDrained(history, events);
      case GRANTED_UNDER_A_MODE -> grantedUnderAMode(history, events);
      case ANSWER_TOO_OLD -> answerTooOld(history, events);
      case TOKEN_OF_ANOTHER -> tokenOfAnother(history, events, random);
      case ANOTHER_CONTENT -> anotherContent(history, events);
      case WRITTEN_TWICE -> writtenTwice(history, events);
      case COUNT_LEFT -> changed(events, one(history.of(Kind.COUNTS), random), "read", 1);
      case GENERATION_LOST -> generationLost(history, events, random);
      case USED_WHEN_OVER -> usedWhenOver(history, events, random);
    };
  }

  private static List<Event> heldAfterDrained(History history, List<Event> events) {
    for (String name : history.datastores()) {
      for (Span span : Span.drained(history, name)) {
        if (span.to() - span.first().nanos() > 2) {
          return with(
              events,
              Event.of(
                  0, MUTANT, Kind.LOOKUP_BEGIN, "id", "x", "datastore", name, "operation", "WRITE"),
              Event.of(1, MUTANT, Kind.GRANTED, "id", "x", "alive", 1, "cached", 1),
              Event.of(span.first().nanos() + 1, MUTANT, Kind.USE, "id", "x"));
        }
      }
    }
    return events;
  }

  private static List<Event> grantedUnderAMode(History history, List<Event> events) {
    for (String name : history.datastores()) {
      for (Span span : Span.set(history, name)) {
        long set = span.first().nanos();
        boolean isNotYetDrained =
            Span.drained(history, name).stream().noneMatch(drained -> drained.meets(set, set + 3));
        if (span.refuses("WRITE") && span.to() - set > 3 && isNotYetDrained) {
          return with(
              events,
              Event.of(
                  set + 1,
                  MUTANT,
                  Kind.LOOKUP_BEGIN,
                  "id",
                  "x",
                  "datastore",
                  name,
                  "operation",
                  "WRITE",
                  "current",
                  1),
              Event.of(set + 2, MUTANT, Kind.GRANTED, "id", "x", "until", set + 2));
        }
      }
    }
    return events;
  }

  private static List<Event> answerTooOld(History history, List<Event> events) {
    for (String name : history.datastores()) {
      for (Call write : history.writes(name)) {
        if (write.ended(Kind.WRITE_DONE) && write.begin().has("content")) {
          Event done = write.end().orElseThrow();
          long older = done.number("generation") - 1;
          return with(
              events,
              Event.of(
                  done.nanos() + Simulation.BOUND + 1,
                  MUTANT,
                  Kind.HIT,
                  "datastore",
                  name,
                  "operation",
                  "LOOKUP",
                  "generation",
                  older));
        }
      }
    }
    return events;
  }

  private static List<Event> tokenOfAnother(
      History history, List<Event> events, SplittableRandom random) {
    List<Event> leases =
        history.of(Kind.GRANTED).stream().filter(event -> event.number("token", 0) > 0).toList();
    if (leases.size() < 2) {
      return events;
    }
    int victim = random.nextInt(leases.size() - 1);
    return changed(events, leases.get(victim), "token", leases.get(victim + 1).number("token"));
  }

  private static List<Event> anotherContent(History history, List<Event> events) {
    for (Event state : history.of(Kind.STATE)) {
      for (Event frame : history.of(Kind.DELIVERED)) {
        if (frame.text("revision").equals(state.text("revision"))) {
          return changed(events, frame, "digest", "other");
        }
      }
    }
    return events;
  }

  private static List<Event> writtenTwice(History history, List<Event> events) {
    List<Event> seen = history.of(Kind.SEEN);
    if (seen.isEmpty()) {
      return events;
    }
    Event last = seen.get(seen.size() - 1);
    for (Event old : seen) {
      if (old.datastore().equals(last.datastore())
          && !old.text("content").isEmpty()
          && !old.text("content").equals(last.text("content"))) {
        return with(
            events,
            Event.of(
                last.nanos() + 1,
                MUTANT,
                Kind.SEEN,
                "datastore",
                old.datastore(),
                "generation",
                1_000_000,
                "content",
                old.text("content")));
      }
    }
    return events;
  }

  private static List<Event> generationLost(
      History history, List<Event> events, SplittableRandom random) {
    List<Event> frames =
        history.of(Kind.DELIVERED).stream()
            .filter(frame -> frame.text("frame").equals("change"))
            .toList();
    if (frames.isEmpty()) {
      return events;
    }
    Event frame = one(frames, random);
    return changed(events, frame, "generations", frame.number("generations") - 1);
  }

  private static List<Event> usedWhenOver(
      History history, List<Event> events, SplittableRandom random) {
    List<Event> released = history.of(Kind.RELEASE_BEGIN);
    List<Event> ofLeases =
        released.stream().filter(event -> event.who().startsWith("worker")).toList();
    if (ofLeases.isEmpty()) {
      return events;
    }
    Event over = one(ofLeases, random);
    return with(events, Event.of(over.nanos() + 1, over.who(), Kind.USE, "id", over.id()));
  }

  private static Event one(List<Event> of, SplittableRandom random) {
    return of.get(random.nextInt(of.size()));
  }

  private static List<Event> with(List<Event> events, Event... more) {
    List<Event> all = new ArrayList<>(events);
    all.addAll(List.of(more));
    return sorted(all);
  }

  private static List<Event> changed(List<Event> events, Event event, String field, Object value) {
    return events.stream()
        .map(each -> each == event ? changed(event, field, value) : each)
        .toList();
  }

  private static Event changed(Event event, String field, Object value) {
    List<Object> fields = new ArrayList<>();
    event.fields().forEach((name, was) -> fields.addAll(List.of(name, was)));
    fields.addAll(List.of(field, value));
    return Event.of(event.nanos(), event.who(), event.kind(), fields.toArray());
  }
}
