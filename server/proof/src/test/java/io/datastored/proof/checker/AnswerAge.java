package io.datastored.proof.checker;

import io.datastored.proof.history.Call;
import io.datastored.proof.history.Event;
import io.datastored.proof.history.History;
import io.datastored.proof.history.Kind;
import io.datastored.proof.history.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * P5: an answer from memory, yes or no, leaves out no change that was answered more than the bound
 * before the question; P6: a WRITE is granted from memory only while the client is FRESH.
 *
 * <p>By datastore, for each generation the earliest answer to a write of it or a later one: who
 * lacks a generation lacks the later ones too. A refusal must name a mode that may have been set at
 * some moment from the bound before the question to the answer.
 */
public final class AnswerAge implements Checker {

  private static final String FRESHNESS = "P6 freshness";
  private static final String RULE = "P5 staleness bound";

  /** In a longer time the state may have changed, and changed back before it was read again. */
  private static final long WITHOUT_A_PAUSE = 1_000_000;

  private final long bound;

  /**
   * @param bound how old an answer from memory may be
   */
  public AnswerAge(Duration bound) {
    this.bound = bound.toNanos();
  }

  @Override
  public List<Finding> check(History history) {
    Map<String, NavigableMap<Long, Event>> answered = new HashMap<>();
    Map<String, List<Span>> set = new HashMap<>();
    for (String name : history.datastores()) {
      answered.put(name, answered(history, name));
      set.put(name, Span.set(history, name));
    }
    List<Finding> found = new ArrayList<>();
    for (Event hit : history.of(Kind.HIT)) {
      Event missed = missed(answered, hit);
      if (missed != null && hit.nanos() - missed.nanos() > bound) {
        String what =
            "an answer from memory at generation %d leaves out a later one that was answered %d ns before the question, bound %d ns"
                .formatted(hit.number("generation"), hit.nanos() - missed.nanos(), bound);
        found.add(new Finding(RULE, hit.datastore(), what, missed, hit));
      }
      if (isWriteThoughNotFresh(hit)) {
        String what = "WRITE was granted from memory though the client was not FRESH";
        found.add(new Finding(FRESHNESS, hit.datastore(), what, hit, hit));
      }
    }
    for (Event refusal : history.of(Kind.HIT_REFUSED)) {
      for (Span span : set.getOrDefault(refusal.datastore(), List.of())) {
        if (!span.mode().equals(refusal.text("mode"))
            && span.covers(refusal.nanos() - bound, refusal.ended())) {
          String what =
              "a refusal from memory names a mode that was not set, bound %d ns".formatted(bound);
          found.add(new Finding(RULE, refusal.datastore(), what, span.first(), refusal));
        }
      }
    }
    return found;
  }

  /** How long before the question a change was answered that an answer from memory left out. */
  public Duration oldest(History history) {
    Map<String, NavigableMap<Long, Event>> answered = new HashMap<>();
    history.datastores().forEach(name -> answered.put(name, answered(history, name)));
    long oldest = 0;
    for (Event hit : history.of(Kind.HIT)) {
      Event missed = missed(answered, hit);
      if (missed != null) {
        oldest = Math.max(oldest, hit.nanos() - missed.nanos());
      }
    }
    return Duration.ofNanos(oldest);
  }

  private static NavigableMap<Long, Event> answered(History history, String datastore) {
    NavigableMap<Long, Event> times = new TreeMap<>();
    for (Call write : history.writes(datastore)) {
      if (write.ended(Kind.WRITE_DONE)) {
        Event end = write.end().orElseThrow();
        times.merge(end.number("generation"), end, AnswerAge::earlier);
      }
    }
    Event earliest = null;
    for (Map.Entry<Long, Event> entry : times.descendingMap().entrySet()) {
      earliest = earliest == null ? entry.getValue() : earlier(earliest, entry.getValue());
      entry.setValue(earliest);
    }
    return times;
  }

  private static Event earlier(Event one, Event other) {
    return other.nanos() < one.nanos() ? other : one;
  }

  private static Event missed(Map<String, NavigableMap<Long, Event>> answered, Event hit) {
    Map.Entry<Long, Event> missed =
        answered
            .getOrDefault(hit.datastore(), new TreeMap<>())
            .higherEntry(hit.number("generation"));
    return missed == null ? null : missed.getValue();
  }

  private static boolean isWriteThoughNotFresh(Event hit) {
    String state = hit.text("state");
    return hit.text("operation").equals("WRITE")
        && !state.isEmpty()
        && !state.equals("FRESH")
        && hit.ended() - hit.nanos() < WITHOUT_A_PAUSE;
  }
}
