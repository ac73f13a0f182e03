package io.datastored.proof.checker;

import io.datastored.proof.checker.Linearization.Op;
import io.datastored.proof.checker.Linearization.Op.Access;
import io.datastored.proof.checker.Linearization.State;
import io.datastored.proof.history.Call;
import io.datastored.proof.history.Event;
import io.datastored.proof.history.History;
import io.datastored.proof.history.Kind;
import io.datastored.proof.history.Span;
import io.datastored.proof.history.Use;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * P1 and P12: mode and settings of a datastore are one register. All writes, drains and lookups
 * that had to be current took effect in some order, each between its question and its answer; the
 * other lookups of a process at one replica fit into that order one after the other, perhaps late.
 * Generations rise in that order. And a refusal says which mode refuses, and of which generation.
 *
 * <p>A {@link Linearization} for each datastore. A grant reads a mode that allows the operation, a
 * refusal and a DRAINED the mode that they name. What a cache answers is for {@link AnswerAge}.
 */
final class ModeRegister implements Checker {

  private static final String RULE = "mode register";
  private static final String UNDER_MAINTENANCE = "UNDER_MAINTENANCE";

  @Override
  public List<Finding> check(History history) {
    List<Finding> found = new ArrayList<>();
    Map<String, List<Op>> ops = new TreeMap<>();
    for (String name : history.datastores()) {
      ops.put(name, new ArrayList<>());
      Set<String> read = contentsRead(history, name);
      history.writes(name).stream()
          .filter(write -> mayMatter(write, read))
          .forEach(write -> ops.get(name).add(write(write)));
      history.drains(name).forEach(drain -> drain(drain).ifPresent(ops.get(name)::add));
    }
    for (Use use : history.uses()) {
      lookup(use, found).ifPresent(ops.get(use.datastore)::add);
    }
    ops.forEach(
        (name, all) ->
            Linearization.of(all)
                .failure()
                .ifPresent(
                    failure ->
                        found.add(
                            new Finding(
                                RULE, name, failure.what(), failure.after(), failure.blocked()))));
    return found;
  }

  private static Set<String> contentsRead(History history, String datastore) {
    return history.uses().stream()
        .filter(use -> use.isGranted() && use.datastore.equals(datastore))
        .map(use -> use.granted().text("content"))
        .collect(Collectors.toSet());
  }

  /**
   * Not if it was not done; nor if nobody knows and nobody has read its content, because then an
   * order with it is one without it too.
   */
  private static boolean mayMatter(Call write, Set<String> read) {
    boolean isRead = !write.begin().has("content") || read.contains(write.begin().text("content"));
    return write.isUnknown() ? isRead : write.ended(Kind.WRITE_DONE);
  }

  private static Op write(Call call) {
    Event begin = call.begin();
    Optional<Event> end = call.isUnknown() ? Optional.empty() : call.end();
    long told = end.map(event -> event.number("generation", 0)).orElse(0L);
    return new Op(
        begin,
        end,
        "",
        Access.WRITES,
        state -> {
          String mode = begin.has("mode") ? begin.text("mode") : state.mode();
          String content = begin.has("content") ? begin.text("content") : state.content();
          boolean changes = !mode.equals(state.mode()) || !content.equals(state.content());
          if (told == 0) {
            return Optional.of(
                new State(mode, content, state.generation(), state.known() && !changes));
          }
          boolean rises = changes ? told > state.generation() : told >= state.generation();
          return rises ? Optional.of(new State(mode, content, told, true)) : Optional.empty();
        });
  }

  private static Optional<Op> drain(Call call) {
    if (!call.ended(Kind.DRAINED)) {
      return Optional.empty();
    }
    String mode = call.end().orElseThrow().text("mode");
    return Optional.of(
        new Op(
            call.begin(),
            call.end(),
            "",
            Access.READS,
            state -> Optional.of(state).filter(now -> now.mode().equals(mode))));
  }

  private static Optional<Op> lookup(Use use, List<Finding> found) {
    for (Event answer : use.events()) {
      if (answer.kind() == Kind.GRANTED && !answer.has("cached")) {
        return Optional.of(
            op(
                use,
                answer,
                state ->
                    Optional.of(state)
                        .filter(now -> !Span.refuses(now.mode(), use.operation))
                        .filter(now -> fits(answer, "mode", now.mode()))
                        .filter(now -> fits(answer, "content", now.content()))
                        .filter(now -> fitsGeneration(answer, now))));
      }
      if (answer.kind() == Kind.REFUSED && answer.text("reason").equals(UNDER_MAINTENANCE)) {
        String mode = answer.text("mode");
        if (mode.isEmpty()
            || answer.number("generation", 0) <= 0
            || !Span.refuses(mode, use.operation)) {
          String what = use + " was refused without a mode that refuses it, and its generation";
          found.add(new Finding(RULE, use.datastore, what, use.asked, answer));
        } else if (!answer.has("cached")) {
          return Optional.of(
              op(use, answer, state -> Optional.of(state).filter(now -> now.mode().equals(mode))));
        }
      }
    }
    return Optional.empty();
  }

  private static boolean fits(Event answer, String field, String value) {
    return !answer.has(field) || answer.text(field).equals(value);
  }

  private static boolean fitsGeneration(Event answer, State state) {
    if (!answer.has("content")) {
      // Then a write that nobody read may have come between, which is left out.
      return true;
    }
    long generation = answer.number("generation", state.generation());
    return state.known() ? generation == state.generation() : generation >= state.generation();
  }

  private static Op op(Use use, Event answer, Op.Effect effect) {
    String late = use.asked.has("current") ? "" : use.worker + "@" + answer.text("replica");
    return new Op(use.asked, Optional.of(answer), late, Access.READS, effect);
  }
}
