package io.datastored.cli.view;

import io.datastored.v1.DrainResponse;
import java.io.PrintWriter;
import java.time.Duration;

/** Drain JSON is a drain for programs: each message of the server on a line. Stateless. */
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
