package io.datastored.access;

import com.google.common.collect.ImmutableList;

/**
 * Parsed rules are the result of reading a text of rules: the rules, or the faults of the text.
 * Immutable.
 *
 * @param rules empty rules if there are faults
 * @param faults in the order of the text
 */
public record ParsedRules(Rules rules, ImmutableList<Fault> faults) {

  /**
   * A fault is a place in a text that is no rule. Immutable.
   *
   * @param line from 1
   * @param column from 1, in characters
   * @param message one sentence: what is wrong and what is expected
   */
  public record Fault(int line, int column, String message) {
    @Override
    public String toString() {
      return "line %d, column %d: %s".formatted(line, column, message);
    }
  }

  /** The rules. */
  Rules orElseThrow() {
    if (!faults.isEmpty()) {
      throw new IllegalStateException(faults.toString());
    }
    return rules;
  }
}
