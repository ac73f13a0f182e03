package io.datastored.cli;

import com.google.common.collect.Comparators;
import java.io.PrintWriter;
import java.time.Duration;

/**
 * A guarded run is a command that runs while a tenancy lasts, and no longer unless its user wants
 * that. Confined to the command's thread, which waits for the child and renews between.
 */
final class GuardedRun {

  /** Between two attempts with a server that does not answer; far below any third of a ttl. */
  private static final Duration PAUSE = Duration.ofMillis(200);

  /** So long before the end of the promise the child is killed: a signal takes no time, nearly. */
  private static final Duration MARGIN = Duration.ofMillis(100);

  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  private final SessionLease tenancy;
  private final Child child;
  private final OnLost onLost;
  private final PrintWriter err;

  /** Since the last renewal nobody has answered, and that has been said. */
  private boolean unanswered;

  GuardedRun(SessionLease tenancy, Child child, OnLost onLost, PrintWriter err) {
    this.tenancy = tenancy;
    this.child = child;
    this.onLost = onLost;
    this.err = err;
  }

  /** What became of it. */
  enum Ending {
    /** The lease was held to the end. */
    KEPT,
    /** The lease was lost on the way. */
    LOST
  }

  /** Returns when the child has ended. */
  Ending run() throws InterruptedException {
    while (true) {
      Duration wait =
          Comparators.min(
              unanswered ? PAUSE : tenancy.untilRenewal(), tenancy.left().minus(reserve()));
      if (child.endsWithin(wait)) {
        return Ending.KEPT;
      }
      Duration limit = tenancy.left().minus(reserve());
      if (limit.isNegative() || limit.isZero()) {
        return lost(unansweredFor(tenancy.left()));
      }
      if (unanswered || tenancy.untilRenewal().isNegative() || tenancy.untilRenewal().isZero()) {
        Renewal renewal = tenancy.renew(limit);
        if (renewal.kind() == Renewal.Kind.ENDED) {
          return lost(renewal.why());
        }
        tell(renewal);
      }
    }
  }

  /**
   * What the child has between being asked to end and being killed: it must be over before the
   * promise is, or a drain could end while it still writes.
   */
  private Duration reserve() {
    return tenancy.ttl().dividedBy(3);
  }

  private void tell(Renewal renewal) {
    switch (renewal.kind()) {
      case HELD -> {
        if (unanswered) {
          say("The server answers again; the lease is still held.");
        }
        unanswered = false;
      }
      case RECLAIMED -> {
        say("The server was restarted; the lease continues.");
        unanswered = false;
      }
      case UNANSWERED -> {
        if (!unanswered) {
          say(
              "The lease is not renewed: %s The command has %s more."
                  .formatted(
                      renewal.why(),
                      DurationText.print(notNegative(tenancy.left().minus(reserve())))));
        }
        unanswered = true;
      }
      case ENDED -> throw new IllegalArgumentException("told by who ends the run");
    }
  }

  /** The promise may be over, when this process was not run for as long as it lasted. */
  private String unansweredFor(Duration left) {
    String end =
        left.isNegative() || left.isZero()
            ? "the lease may have expired"
            : "the lease may expire in " + DurationText.print(left);
    return "no answer from the server for %s, and %s"
        .formatted(DurationText.print(tenancy.ttl().minus(left)), end);
  }

  private static Duration notNegative(Duration duration) {
    return Comparators.max(duration, Duration.ZERO);
  }

  private Ending lost(String why) throws InterruptedException {
    say("LEASE LOST: %s".formatted(why));
    switch (onLost) {
      case WARN -> say("The command continues without it because of --on-lost=warn.");
      case TERM -> terminate();
    }
    while (!child.endsWithin(FOR_EVER)) {
      // It is waited for as long as it takes.
    }
    return Ending.LOST;
  }

  private void terminate() throws InterruptedException {
    say("Terminating the command.");
    child.terminate();
    if (!child.endsWithin(tenancy.left().minus(MARGIN))) {
      say("The command did not exit in time; killing it.");
      child.kill();
    }
  }

  private void say(String sentence) {
    err.println("datastored run: " + VisibleText.of(sentence));
    err.flush();
  }
}
