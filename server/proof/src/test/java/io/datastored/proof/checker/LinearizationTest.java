package io.datastored.proof.checker;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.proof.checker.Linearization.Op;
import io.datastored.proof.checker.Linearization.Op.Access;
import io.datastored.proof.checker.Linearization.State;
import io.datastored.proof.history.Event;
import io.datastored.proof.history.Kind;
import io.datastored.soak.Soak;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class LinearizationTest {

  private static final int SMALL = 200_000;
  private static final int OPS = 10_000;
  private static final Duration QUICK = Duration.ofSeconds(30);

  /** Tries all orders, so it is right because there is nothing to get wrong. */
  private static boolean hasOrder(List<Op> open, State state) {
    if (open.stream().allMatch(op -> op.end().isEmpty())) {
      return true;
    }
    for (Op op : open) {
      List<Op> rest = new ArrayList<>(open);
      rest.remove(op);
      Optional<State> after = op.effect().after(state);
      if (after.isPresent()
          && rest.stream().noneMatch(other -> comesBefore(other, op))
          && hasOrder(rest, after.get())) {
        return true;
      }
    }
    return false;
  }

  private static boolean comesBefore(Op one, Op other) {
    if (one.end().isEmpty()) {
      return false;
    }
    if (!other.chain().isEmpty()) {
      return one.chain().equals(other.chain()) && one.ended() < other.ended();
    }
    return one.ended() < other.begin().nanos();
  }

  @Test
  @Tag("soak")
  void of_smallHistories_findsAnOrder_exactlyWhenThereIsOne() {
    Soak soak = Soak.of("orders of small histories: found exactly when there is one");
    SplittableRandom random = soak.random();
    int count = soak.times(SMALL);
    int ordered = 0;
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Op> ops = small(random);
      boolean expected = hasOrder(ops, State.INITIAL);
      ordered += expected ? 1 : 0;
      if (Linearization.of(ops).failure().isEmpty() != expected) {
        wrong.add(expected + " is right for " + ops);
      }
    }
    // Else half of it is not tried.
    assertThat(ordered).isBetween(count / 20, count - count / 20);
    soak.end(count, wrong);
  }

  private static List<Op> small(SplittableRandom random) {
    List<Op> ops = new ArrayList<>();
    int size = random.nextInt(2, 8);
    for (int i = 0; i < size; i++) {
      long begin = random.nextInt(40) * 10L;
      // No two moments are the same, so that it does not matter how ties are seen.
      Event from = event(begin + i, Kind.LOOKUP_BEGIN, i);
      Event to = event(begin + 10L * random.nextInt(1, 15) + i, Kind.GRANTED, i);
      String value = random.nextBoolean() ? "A" : "B";
      if (random.nextInt(3) == 0) {
        String chain = random.nextInt(3) == 0 ? "late" + random.nextInt(2) : "";
        ops.add(read(from, to, chain, value));
      } else {
        ops.add(write(from, random.nextInt(4) == 0 ? Optional.empty() : Optional.of(to), value));
      }
    }
    return ops;
  }

  @Test
  void of_tenThousandOperations_takesSeconds() {
    long begun = System.nanoTime();
    List<Op> ops = large(new SplittableRandom(7));
    assertThat(Linearization.of(ops).failure()).isEmpty();
    Collections.shuffle(ops, new Random(7));
    assertThat(Linearization.of(ops).failure()).isEmpty();
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(QUICK);
  }

  @Test
  void of_tenThousandOperations_withOneWrongAnswer_namesIt() {
    List<Op> ops = large(new SplittableRandom(8));
    long middle = ops.get(OPS / 2).begin().nanos();
    Op wrong =
        read(event(middle, Kind.LOOKUP_BEGIN, -1), event(middle + 5, Kind.GRANTED, -1), "", "none");
    ops.add(wrong);
    assertThat(Linearization.of(ops).failure().orElseThrow().blocked())
        .isEqualTo(wrong.end().orElseThrow());
  }

  /** Eight processes on a register: of each operation first its moment, then begin and end. */
  private static List<Op> large(SplittableRandom random) {
    List<Op> ops = new ArrayList<>();
    String value = "NONE";
    String old = "NONE";
    for (int i = 0; i < OPS; i++) {
      long moment = 1_000 + i * 100L;
      Event begin = event(moment - random.nextInt(1, 400), Kind.LOOKUP_BEGIN, i);
      Event end = event(moment + random.nextInt(1, 400), Kind.GRANTED, i);
      switch (random.nextInt(10)) {
        case 0, 1, 2 -> {
          old = value;
          value = List.of("A", "B", "C").get(random.nextInt(3));
          // Of one in ten nobody knows that it happened, nor of others that they did not.
          ops.add(
              write(begin, random.nextInt(10) == 0 ? Optional.empty() : Optional.of(end), value));
        }
        case 3 -> {
          if (random.nextInt(10) == 0) {
            ops.add(write(begin, Optional.empty(), "D"));
          }
        }
        case 4 -> {
          // Behind by up to one change, always by the same: so it never goes back.
          Event at = event(moment, Kind.LOOKUP_BEGIN, i);
          ops.add(read(at, event(moment + 1, Kind.GRANTED, i), "late", old));
        }
        default -> ops.add(read(begin, end, "", value));
      }
    }
    return ops;
  }

  private static Event event(long nanos, Kind kind, int id) {
    return Event.of(nanos, "w", kind, "id", id);
  }

  private static Op read(Event begin, Event end, String chain, String value) {
    return new Op(
        begin,
        Optional.of(end),
        chain,
        Access.READS,
        state -> Optional.of(state).filter(now -> now.mode().equals(value)));
  }

  private static Op write(Event begin, Optional<Event> end, String value) {
    return new Op(
        begin,
        end,
        "",
        Access.WRITES,
        state -> Optional.of(new State(value, state.content(), 0, false)));
  }
}
