package io.datastored.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A report is the collected results of a run: the goals first, then every table. Confined to its
 * thread.
 */
final class Report {

  /** A number in the README, followed by the name of its fact. */
  private static final Pattern CLAIM =
      Pattern.compile("([0-9][0-9.,]*)([^0-9|<\\n]*<!-- (\\S+) -->)");

  /** The limit before a claim in its table row, which every machine must meet. */
  private static final Pattern REACH = Pattern.compile("[≥≤] ([0-9][0-9.,]*)[^|\\n]*\\|[^|\\n]*$");

  private final Map<String, Spread> facts;

  Report(Map<String, Spread> facts) {
    this.facts = facts;
  }

  /**
   * @param args {@code print} and the directory of the parts: prints the report. {@code check}, the
   *     directory, a README, the report that the README quotes, and the name of this processor:
   *     fails if the README claims too much. {@code claim}, the directory and a README: writes the
   *     numbers into the README
   */
  public static void main(String[] args) throws IOException {
    Path parts = Path.of(args[1]);
    Report report = new Report(Facts.read(parts.resolve("facts.tsv")));
    switch (args[0]) {
      case "print" -> report.print(parts);
      case "check" -> {
        boolean same = Files.readString(Path.of(args[3])).contains("(" + args[4] + ")");
        System.out.printf("%s, %s of the report%n", args[4], same ? "the processor" : "not that");
        String readme = Files.readString(Path.of(args[2]));
        System.exit(report.check(readme, same ? Processor.REPORTED : Processor.OTHER) ? 0 : 1);
      }
      case "claim" -> report.claim(Path.of(args[2]));
      default -> System.exit(64);
    }
  }

  private void print(Path parts) throws IOException {
    System.out.println("| what | reach | measured | |");
    System.out.println("| --- | ---: | ---: | --- |");
    for (Goal goal : Goal.ALL) {
      Spread found = facts.get(goal.fact());
      if (found != null) {
        System.out.printf(
            "| %s | %s | %s%s | %s |%n",
            goal.what(),
            goal.told(),
            found.cell(),
            goal.unit(),
            goal.reachedBy(found.median()) ? "reached" : "**short**");
      } else {
        System.out.printf("| %s | %s | | not measured |%n", goal.what(), goal.told());
      }
    }
    try (Stream<Path> files = Files.list(parts)) {
      for (Path part : files.filter(file -> file.toString().endsWith(".md")).sorted().toList()) {
        System.out.println();
        System.out.print(Files.readString(part));
      }
    }
  }

  private static Optional<Goal> goal(String fact) {
    return Goal.ALL.stream().filter(goal -> goal.fact().equals(fact)).findFirst();
  }

  /** The processor of a measurement. */
  enum Processor {
    /** The processor of the report: its numbers must be reproduced. */
    REPORTED,
    /** Another processor: only the limits for every machine must be met. */
    OTHER
  }

  /**
   * Checks that every claim belongs to a goal and follows a limit, and that the best measured run
   * meets this limit. Claims that were not measured in this run are not checked.
   */
  boolean check(String readme, Processor processor) {
    List<MatchResult> claims = CLAIM.matcher(readme).results().toList();
    List<String> wrong = new ArrayList<>();
    for (MatchResult claim : claims) {
      double number = Double.parseDouble(claim.group(1).replace(",", ""));
      Optional<Goal> goal = goal(claim.group(3));
      Spread found = facts.get(claim.group(3));
      if (goal.isEmpty()) {
        wrong.add("README names " + claim.group(3) + ", which is no goal");
      } else if (found == null) {
        System.out.printf("%s: README %s, not measured now%n", claim.group(3), claim.group(1));
      } else {
        System.out.printf("%s: README %s, now %s%n", claim.group(3), claim.group(1), found.cell());
        Optional<Double> reach = reach(readme, claim.start());
        if (reach.isEmpty()) {
          wrong.add("README states no reach for " + claim.group(3));
        } else if (!goal.get().isMet(reach.get(), found)) {
          wrong.add(
              "README says that %s reaches %s, and the best found now is %s"
                  .formatted(claim.group(3), Spread.digits(reach.get()), found.cell()));
        }
        if (processor == Processor.REPORTED && goal.get().isTooGood(number, found)) {
          wrong.add(
              "README claims "
                  + claim.group(1)
                  + " for "
                  + claim.group(3)
                  + ", too much better than "
                  + found.cell());
        }
      }
    }
    if (claims.isEmpty()) {
      wrong.add("README claims nothing that can be checked");
    }
    wrong.forEach(System.err::println);
    System.out.printf("%d claims checked, %d wrong%n", claims.size(), wrong.size());
    return wrong.isEmpty();
  }

  private static Optional<Double> reach(String readme, int claim) {
    String before = readme.substring(readme.lastIndexOf('\n', claim) + 1, claim);
    Matcher reach = REACH.matcher(before);
    return reach.find()
        ? Optional.of(Double.parseDouble(reach.group(1).replace(",", "")))
        : Optional.empty();
  }

  private void claim(Path readme) throws IOException {
    String text = Files.readString(readme);
    String claimed =
        CLAIM
            .matcher(text)
            .replaceAll(
                claim -> {
                  Spread found = facts.get(claim.group(3));
                  String number = found == null ? claim.group(1) : Spread.digits(found.median());
                  return Matcher.quoteReplacement(number + claim.group(2));
                });
    Path unused = Files.writeString(readme, claimed);
  }
}
