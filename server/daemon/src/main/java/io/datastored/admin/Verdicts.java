package io.datastored.admin;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Verdicts are the texts of probes: the word on the first line, then the reasons. Stateless. */
final class Verdicts {
  private Verdicts() {}

  static String no(String word, List<String> reasons, Question.Detail detail) {
    return switch (detail) {
      case NONE -> word;
      case REASONS ->
          Stream.concat(Stream.of(word), reasons.stream()).collect(Collectors.joining("\n"));
    };
  }
}
