package io.datastored.cli.view;

import com.google.common.collect.HashMultiset;
import com.google.common.collect.Multiset;
import com.google.common.collect.Multisets;
import io.datastored.v1.DrainResponse;
import java.io.PrintWriter;
import java.time.Duration;

/**
 * Drain lines show a drain where the output cannot be redrawn, such as in a log: a line for each
 * change, and none while only ages grow. Confined to the drain's thread.
 */
public final class DrainLines implements DrainView {

  private final String datastore;
  private final PrintWriter out;
  private final PrintWriter err;
  private Multiset<String> shown = HashMultiset.create();
  private String counts = "";

  public DrainLines(String datastore, PrintWriter out, PrintWriter err) {
    this.datastore = datastore;
    this.out = out;
    this.err = err;
  }

  @Override
  public void waiting(DrainResponse now) {
    var inTheWay = new BlockerSummary(now.getProgress());
    String present = counts(now);
    if (!present.equals(counts)) {
      counts = present;
      out.printf("%s: draining: %s%n", datastore, inTheWay.sentence());
    }
    Multiset<String> who = HashMultiset.create(inTheWay.who());
    Multisets.difference(shown, who)
        .forEach(one -> out.printf("  done: %s%n", VisibleText.of(one)));
    for (int line = 0; line < inTheWay.who().size(); line++) {
      if (shown.count(inTheWay.who().get(line)) < who.count(inTheWay.who().get(line))) {
        shown.add(inTheWay.who().get(line));
        out.printf("  waits for %s%n", VisibleText.of(inTheWay.lines().get(line)));
      }
    }
    shown = who;
    out.flush();
  }

  /** The part whose change is worth a line: neither ages nor the shrinking bound. */
  private static String counts(DrainResponse now) {
    return now.getProgress().toBuilder()
            .clearBlockers()
            .clearBound()
            .clearRecoveryLeft()
            .build()
            .toString()
        + now.getProgress().hasRecoveryLeft()
        + now.getProgress().hasBound();
  }

  @Override
  public void ended(DrainResponse last) {
    out.println(VisibleText.ofLines(DrainEnd.of(datastore, last).sentence()));
    out.flush();
  }

  @Override
  public void broken(String why, Duration nextAttemptIn) {
    err.printf("%s Retrying in %s.%n", VisibleText.of(why), DurationText.print(nextAttemptIn));
    err.flush();
  }
}
