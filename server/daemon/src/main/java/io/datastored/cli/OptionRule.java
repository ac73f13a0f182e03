package io.datastored.cli;

import java.util.function.Supplier;

/**
 * An option rule is what the values of some options must keep for the server to be made of them; it
 * is told with the names of the options, because those are what the operator typed. Stateless.
 */
final class OptionRule {

  private OptionRule() {}

  /**
   * Returns what is made of the options.
   *
   * @param names of the options, as they are typed
   * @throws CommandFailed when their values cannot be
   */
  static <T> T on(String names, Supplier<T> made) {
    try {
      return made.get();
    } catch (IllegalArgumentException e) {
      throw new CommandFailed(
          ExitStatus.USAGE, "This cannot be (" + names + "): " + e.getMessage() + ".", e);
    }
  }
}
