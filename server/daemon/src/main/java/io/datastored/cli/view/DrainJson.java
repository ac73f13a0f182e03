package io.datastored.cli.view;

import io.datastored.v1.DrainResponse;
import java.io.PrintWriter;
import java.time.Duration;

/** Drain JSON shows a drain to programs: one line per message of the server. Stateless. */
public record DrainJson(PrintWriter out, PrintWriter err) implements DrainView {

  @Override
  public void waiting(DrainResponse now) {
    out.println(Json.line(now));
    out.flush();
  }

  @Override
  public void ended(DrainResponse last) {
    waiting(last);
  }

  @Override
  public void broken(String why, Duration nextAttemptIn) {
    err.printf("%s Retrying in %s.%n", why, DurationText.print(nextAttemptIn));
    err.flush();
  }
}
