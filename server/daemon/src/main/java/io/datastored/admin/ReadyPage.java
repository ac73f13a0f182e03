package io.datastored.admin;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The ready page, {@code /readyz}, shows whether every check is passed, and which is not.
 * Immutable. A probe that can do without a check leaves it out with {@code exclude=NAME}, as those
 * of Kubernetes and etcd do.
 *
 * @param checks all of them, in the order in which they are made
 */
record ReadyPage(ImmutableList<ReadinessCheck> checks) implements Resource {
  @Override
  public Audience audience() {
    return Audience.EVERYBODY;
  }

  @Override
  public Answer answer(Question question) {
    Set<String> excluded = new HashSet<>(question.parameters().get("exclude"));
    ImmutableList<String> names =
        checks.stream().map(ReadinessCheck::name).collect(ImmutableList.toImmutableList());
    Optional<String> unknown = excluded.stream().filter(name -> !names.contains(name)).findFirst();
    if (unknown.isPresent()) {
      return Answer.text(
          400, "exclude: there is no such check; the checks are " + String.join(", ", names));
    }
    List<String> passed = new ArrayList<>();
    List<String> failed = new ArrayList<>();
    for (ReadinessCheck check : checks) {
      if (excluded.contains(check.name())) {
        passed.add(check.name() + ": not asked");
      } else {
        check
            .fault(question.looker().subject().rights())
            .ifPresentOrElse(
                reason -> failed.add(check.name() + ": " + reason),
                () -> passed.add(check.name() + ": ok"));
      }
    }
    if (!failed.isEmpty()) {
      return Answer.text(503, Verdicts.no("not ready", failed, question.detail()));
    }
    boolean all =
        question.parameters().containsKey("verbose")
            && question.detail() == Question.Detail.REASONS;
    return Answer.text(
        200, all ? "ready\n" + passed.stream().collect(Collectors.joining("\n")) : "ready");
  }
}
