package io.datastored.proof.checker;

import io.datastored.proof.history.History;
import java.time.Duration;
import java.util.List;

/** A checker looks for violations of one rule. Immutable. */
public interface Checker {

  List<Finding> check(History history);

  /**
   * All rules.
   *
   * @param bound how old an answer from memory may be, and how long a replica or client may need
   *     for the last change once nobody disturbs: the ttl of the sessions
   */
  static List<Checker> all(Duration bound) {
    return List.of(
        new DrainedPromise(),
        new ModeRegister(),
        new AnswerAge(bound),
        new TokenOrder(),
        new RevisionContent(),
        new WritesAsTold(),
        new Calm(bound),
        new GenerationSums(),
        new HolderConduct());
  }

  /** A sentence for each violation of any rule. */
  static List<String> violations(Duration bound, History history) {
    return all(bound).stream()
        .flatMap(checker -> checker.check(history).stream())
        .map(Finding::toString)
        .toList();
  }
}
