package io.datastored.proof.checker;

import io.datastored.proof.history.Event;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A linearization is an order of the operations on one register that explains all answers, or the
 * proof that there is none. Confined to one thread.
 *
 * <p>The search of Wing and Gong with the memory of Lowe: take any operation that began before each
 * open one ended, and go back when none fits; never look twice at the same set of taken operations
 * and the same state. A read is taken as soon as it fits, because taking it never closes a way; so
 * only writes branch. A write of unknown outcome may be taken at any time from its begin on, or
 * never; of several with the same effect the first stands for all, and who needed fewer of them can
 * do all that another can.
 *
 * <p>A late operation may be taken before it began, when it read an old state, but not before the
 * one before it of the same chain.
 */
final class Linearization {

  /** More than any history of use needs; then the search gives up, and says so. */
  private static final int MOST_CONFIGURATIONS = 100_000;

  private static final int NONE = -1;

  /**
   * What the register holds.
   *
   * @param generation the last generation that is known
   * @param known whether that is the generation of this state; else it is an earlier one
   */
  record State(String mode, String content, long generation, boolean known) {
    static final State INITIAL = new State("NONE", "", 0, false);
  }

  /**
   * An operation on the register.
   *
   * @param begin when it began
   * @param end when it was over; empty when nobody knows whether it happened
   * @param chain empty when it must be current; else whose late operations it follows
   * @param access whether it may change the state
   * @param effect what it does or reads
   */
  record Op(Event begin, Optional<Event> end, String chain, Access access, Effect effect) {

    enum Access {
      READS,
      WRITES
    }

    /** The state after it; empty if its answer does not fit to the state. */
    @FunctionalInterface
    interface Effect {
      Optional<State> after(State before);
    }

    long ended() {
      return end.orElseThrow().nanos();
    }

    boolean isReadOf(State state) {
      return access == Access.READS && effect.after(state).isPresent();
    }
  }

  /**
   * Why there is no order, as far as the search came.
   *
   * @param after the last change before
   * @param blocked the answer that does not fit there
   */
  record Failure(String what, Event after, Event blocked) {}

  /** Which operations are taken, without the long prefix of those that all are. */
  private record Configuration(int from, long[] taken, State state) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Configuration that
          && from == that.from
          && Arrays.equals(taken, that.taken)
          && state.equals(that.state);
    }

    @Override
    public int hashCode() {
      return 31 * (31 * from + Arrays.hashCode(taken)) + state.hashCode();
    }
  }

  /** One step of the search: what was taken in it, and what can be tried after it. */
  private static final class Step {
    final State state;
    final List<Integer> taken = new ArrayList<>();
    final Deque<Integer> toTry = new ArrayDeque<>();
    final int write;

    Step(State state, int write) {
      this.state = state;
      this.write = write;
    }
  }

  private final List<Op> done;
  private final List<Op> unknown;
  private final long[] earliestFrom;
  private final List<List<Integer>> chains;
  private final BitSet taken = new BitSet();
  private final BitSet unknownTaken = new BitSet();
  private final int[] chainAt;

  /** With the writes of unknown outcome that had to be taken to come there. */
  private final Map<Configuration, List<BitSet>> seen = new HashMap<>();

  private int configurations;
  private Optional<Failure> failure = Optional.empty();
  private int furthest = NONE;

  private Linearization(List<Op> ops) {
    this.done =
        ops.stream()
            .filter(op -> op.end().isPresent())
            .sorted(Comparator.comparingLong(Op::ended))
            .toList();
    this.unknown =
        ops.stream()
            .filter(op -> op.end().isEmpty())
            .sorted(Comparator.comparingLong(op -> op.begin().nanos()))
            .toList();
    this.earliestFrom = new long[done.size() + 1];
    earliestFrom[done.size()] = Long.MAX_VALUE;
    Map<String, List<Integer>> late = new HashMap<>();
    for (int i = done.size() - 1; i >= 0; i--) {
      Op op = done.get(i);
      earliestFrom[i] = Math.min(earliestFrom[i + 1], isLate(op) ? Long.MAX_VALUE : begin(op));
    }
    for (int i = 0; i < done.size(); i++) {
      if (isLate(done.get(i))) {
        late.computeIfAbsent(done.get(i).chain(), chain -> new ArrayList<>()).add(i);
      }
    }
    this.chains = List.copyOf(late.values());
    this.chainAt = new int[chains.size()];
  }

  static Linearization of(List<Op> ops) {
    Linearization linearization = new Linearization(ops);
    linearization.search();
    return linearization;
  }

  /** Empty if there is an order. */
  Optional<Failure> failure() {
    return failure;
  }

  private static boolean isLate(Op op) {
    return !op.chain().isEmpty();
  }

  private static long begin(Op op) {
    return op.begin().nanos();
  }

  private void search() {
    Deque<Step> steps = new ArrayDeque<>();
    Step step = enter(new Step(State.INITIAL, NONE), steps);
    while (step != null && firstOpen() < done.size()) {
      if (step.toTry.isEmpty()) {
        leave(step);
        steps.pop();
        step = steps.peek();
      } else if (configurations >= MOST_CONFIGURATIONS) {
        String undecided =
            "not decided after " + MOST_CONFIGURATIONS + " configurations, as far as ";
        failure = failure.map(f -> new Failure(undecided + f.what(), f.after(), f.blocked()));
        return;
      } else {
        int write = step.toTry.pop();
        State after = op(write).effect().after(step.state).orElseThrow();
        step = enter(new Step(after, write), steps);
      }
    }
    if (step != null) {
      failure = Optional.empty();
    }
  }

  /** Takes the write of a step and all that then fits; undoes it if that is nothing new. */
  private Step enter(Step step, Deque<Step> steps) {
    if (step.write != NONE) {
      take(step, step.write);
    }
    takeReads(step);
    if (isNew(step.state)) {
      steps.push(step);
      if (firstOpen() < done.size()) {
        findWrites(step);
        remember(step, steps);
      }
    } else {
      leave(step);
    }
    return steps.peek();
  }

  /** Who came to the same with fewer writes of unknown outcome can do all that this one can. */
  private boolean isNew(State state) {
    List<BitSet> spent = seen.computeIfAbsent(configuration(state), key -> new ArrayList<>());
    for (BitSet fewer : spent) {
      BitSet extra = (BitSet) fewer.clone();
      extra.andNot(unknownTaken);
      if (extra.isEmpty()) {
        return false;
      }
    }
    spent.add((BitSet) unknownTaken.clone());
    configurations++;
    return true;
  }

  private void takeReads(Step step) {
    boolean found = true;
    while (found && firstOpen() < done.size()) {
      found = false;
      long ended = done.get(firstOpen()).ended();
      for (int i = firstOpen(); i < done.size() && earliestFrom[i] <= ended; i++) {
        Op op = done.get(i);
        if (!taken.get(i) && !isLate(op) && begin(op) <= ended && op.isReadOf(step.state)) {
          take(step, i);
          found = true;
        }
      }
      for (int chain = 0; chain < chains.size(); chain++) {
        while (chainAt[chain] < chains.get(chain).size()) {
          int i = chains.get(chain).get(chainAt[chain]);
          if (!done.get(i).isReadOf(step.state)) {
            break;
          }
          take(step, i);
          chainAt[chain]++;
          found = true;
        }
      }
    }
  }

  /** The writes that may be next; those that may never have happened come last. */
  private void findWrites(Step step) {
    long ended = done.get(firstOpen()).ended();
    for (int i = firstOpen(); i < done.size() && earliestFrom[i] <= ended; i++) {
      Op op = done.get(i);
      if (!taken.get(i)
          && !isLate(op)
          && begin(op) <= ended
          && op.access() == Op.Access.WRITES
          && op.effect().after(step.state).isPresent()) {
        step.toTry.add(i);
      }
    }
    Set<State> afterUnknown = new HashSet<>(Set.of(step.state));
    for (int i = 0; i < unknown.size() && begin(unknown.get(i)) <= ended; i++) {
      if (!unknownTaken.get(i)
          && afterUnknown.add(unknown.get(i).effect().after(step.state).orElseThrow())) {
        step.toTry.add(done.size() + i);
      }
    }
  }

  private Op op(int index) {
    return index < done.size() ? done.get(index) : unknown.get(index - done.size());
  }

  private int firstOpen() {
    return taken.nextClearBit(0);
  }

  private void take(Step step, int index) {
    step.taken.add(index);
    if (index < done.size()) {
      taken.set(index);
    } else {
      unknownTaken.set(index - done.size());
    }
  }

  private void leave(Step step) {
    for (int index : step.taken) {
      if (index < done.size()) {
        taken.clear(index);
      } else {
        unknownTaken.clear(index - done.size());
      }
    }
    for (int chain = 0; chain < chains.size(); chain++) {
      List<Integer> of = chains.get(chain);
      while (chainAt[chain] > 0 && !taken.get(of.get(chainAt[chain] - 1))) {
        chainAt[chain]--;
      }
    }
  }

  private Configuration configuration(State state) {
    int from = firstOpen() / Long.SIZE;
    long[] words = taken.toLongArray();
    long[] rest = from < words.length ? Arrays.copyOfRange(words, from, words.length) : new long[0];
    return new Configuration(from, rest, state);
  }

  /** The furthest that the search came is what somebody wants to see. */
  private void remember(Step step, Deque<Step> steps) {
    int open = firstOpen();
    if (open > furthest) {
      furthest = open;
      Op blocked = done.get(open);
      Event after = blocked.begin();
      for (Step before : steps) {
        if (before.write != NONE) {
          Op write = op(before.write);
          after = write.end().orElse(write.begin());
          break;
        }
      }
      String what =
          "no order of the calls explains it: after [%s] the register is mode=%s content=%s generation=%s%d, and to that [%s] does not fit"
              .formatted(
                  after,
                  step.state.mode(),
                  step.state.content(),
                  step.state.known() ? "" : ">=",
                  step.state.generation(),
                  blocked.begin());
      failure = Optional.of(new Failure(what, after, blocked.end().orElseThrow()));
    }
  }
}
