package io.datastored.admin;

import com.google.common.collect.ImmutableList;

/** The live page, {@code /livez}, shows {@link Liveness}. Immutable. */
record LivePage(Liveness liveness) implements Resource {
  @Override
  public Audience audience() {
    return Audience.EVERYBODY;
  }

  @Override
  public Answer answer(Question question) {
    ImmutableList<String> reasons = liveness.reasons();
    return reasons.isEmpty()
        ? Answer.text(200, "alive")
        : Answer.text(503, Verdicts.no("not alive", reasons, question.detail()));
  }
}
