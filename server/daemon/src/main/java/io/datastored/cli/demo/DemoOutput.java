package io.datastored.cli.demo;

import com.google.common.base.Strings;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A demo output is what a demo prints and checks. Confined to the demo's thread. */
record DemoOutput(PrintWriter out) {

  void title(String text) {
    out.printf("%n%s%n", text);
    out.flush();
  }

  /** A command as somebody would type it. */
  void command(List<String> words) {
    out.printf("  $ datastored %s%n", String.join(" ", words));
    out.flush();
  }

  void tell(String who, String what) {
    out.printf("  %s %s%n", Strings.padEnd(who, 8, ' '), what);
    out.flush();
  }

  /**
   * Checks a step.
   *
   * @throws CommandFailed if it did not happen
   */
  void check(boolean holds, String claim) {
    if (!holds) {
      throw new CommandFailed(ExitStatus.NO, "This did not happen: " + claim + ".");
    }
  }

  /** Asks until there is an answer. */
  <T> T await(String what, Duration atMost, Supplier<Optional<T>> question)
      throws InterruptedException {
    long begin = System.nanoTime();
    while (true) {
      Optional<T> answer = question.get();
      if (answer.isPresent()) {
        return answer.get();
      }
      check(System.nanoTime() - begin < atMost.toNanos(), what);
      Thread.sleep(5);
    }
  }

  static String since(long nanoTime) {
    return Duration.ofNanos(System.nanoTime() - nanoTime).toMillis() + " ms";
  }
}
