package io.datastored.cli.view;

import com.google.common.base.Ascii;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import io.datastored.v1.DrainResponse;
import java.io.PrintWriter;
import java.time.Duration;

/**
 * A drain screen shows a drain on a terminal and redraws it in place. Confined to the drain's
 * thread.
 */
public final class DrainScreen implements DrainView {

  /** A longer line would wrap, and then the cursor would not return to the first line. */
  private static final int COLUMNS = 79;

  /** As many as fit on a small terminal; the sentence above them has the total. */
  private static final int LONGEST_LIST = 15;

  private final String datastore;
  private final PrintWriter out;
  private int drawn;

  public DrainScreen(String datastore, PrintWriter out) {
    this.datastore = datastore;
    this.out = out;
  }

  @Override
  public void waiting(DrainResponse now) {
    var inTheWay = new BlockerSummary(now.getProgress());
    var lines = ImmutableList.<String>builder();
    lines.add(
        "%s: draining for %s: %s"
            .formatted(datastore, HumanFormat.age(now.getElapsed()), inTheWay.sentence()));
    inTheWay.trouble().ifPresent(why -> wrapped(why).forEach(line -> lines.add("  " + line)));
    ImmutableList<String> who = inTheWay.lines();
    who.stream().limit(LONGEST_LIST).forEach(line -> lines.add("  " + line));
    if (who.size() > LONGEST_LIST) {
      lines.add("  and %d more".formatted(who.size() - LONGEST_LIST));
    }
    draw(lines.build());
  }

  @Override
  public void ended(DrainResponse last) {
    erase();
    out.println(VisibleText.ofLines(DrainEnd.of(datastore, last).sentence()));
    out.flush();
  }

  @Override
  public void broken(String why, Duration nextAttemptIn) {
    draw(
        ImmutableList.of(
            "%s: %s Retrying in %s.".formatted(datastore, why, DurationText.print(nextAttemptIn))));
  }

  /** The text in lines that are not cut: the operator needs the whole reason. */
  private static Iterable<String> wrapped(String text) {
    return Splitter.fixedLength(COLUMNS - 2).split(text);
  }

  private void draw(ImmutableList<String> lines) {
    erase();
    lines.forEach(line -> out.println(Ascii.truncate(VisibleText.of(line), COLUMNS, "...")));
    drawn = lines.size();
    out.flush();
  }

  /** Moves to the first line that was drawn, and clears from there on. */
  private void erase() {
    if (drawn > 0) {
      out.print("\u001b[" + drawn + "F\u001b[J");
    }
    drawn = 0;
  }
}
