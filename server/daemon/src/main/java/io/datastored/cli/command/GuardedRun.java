package io.datastored.cli.command;

import com.google.common.collect.Comparators;
import io.datastored.cli.flag.OnLost;
import io.datastored.cli.view.DurationText;
import io.datastored.cli.view.VisibleText;
import io.datastored.client.LeaseLost;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * A guarded run is a command that runs while a lease lasts, and no longer unless its user allows
 * that. Confined to the command's thread, which waits for the child and checks the lease in
 * between.
 */
final class GuardedRun {

  /**
   * Interval between checks. After a suspend of the machine, the child and this process resume at
   * the same moment, and no timer has fired. So this is how long the child can work under a lease
   * that expired during the suspend.
   */
  private static final Duration LOOK = Duration.ofMillis(100);

  /** The child is killed this long before the promise ends: a signal takes little time. */
  private static final Duration MARGIN = Duration.ofMillis(100);

  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  private final CommandLease lease;
  private final Child child;
  private final OnLost onLost;
  private final PrintWriter err;
  private final LongSupplier nanoTime;

  /** How long the lease was promised at the last check, and when that was. */
  private Duration promised;

  private long lookedAt;

  /** Whether the user was warned that it is not renewed. */
  private boolean unanswered;

  private int reclaims;

  GuardedRun(
      CommandLease lease, Child child, OnLost onLost, PrintWriter err, LongSupplier nanoTime) {
    this.lease = lease;
    this.child = child;
    this.onLost = onLost;
    this.err = err;
    this.nanoTime = nanoTime;
    this.lookedAt = nanoTime.getAsLong();
    this.promised = lease.left();
  }

  /** The result of a run. */
  enum Ending {
    /** The lease was held to the end. */
    KEPT,
    /** The lease was lost during the run. */
    LOST
  }

  /** Watches the lease until the child has ended. */
  Ending run() throws InterruptedException {
    while (true) {
      boolean ended =
          child.endsWithin(Comparators.min(LOOK, notNegative(promised.minus(reserve()))));
      long now = nanoTime.getAsLong();
      Duration left = lease.left();
      Optional<LeaseLost> lost = lease.lost();
      if (ended && !left.isZero()) {
        return Ending.KEPT;
      }
      if (lost.isPresent()) {
        return lost(why(lost.get()), isPromised(lost.get()) ? rest(now) : Duration.ZERO);
      }
      if (left.compareTo(reserve()) <= 0) {
        return lost(why(left, rest(now)), left);
      }
      lookedAt = now;
      promised = left;
      report();
    }
  }

  /**
   * The time between asking the child to end and killing it: it must end before the promise does,
   * or a drain could complete while it still writes.
   */
  private Duration reserve() {
    return lease.ttl().dividedBy(3);
  }

  /** What remains of the promise at the last check. */
  private Duration rest(long now) {
    return notNegative(promised.minusNanos(now - lookedAt));
  }

  /**
   * Whether the promise still holds after this loss, as for a lease that is revoked or not
   * continued.
   */
  private static boolean isPromised(LeaseLost lost) {
    return switch (lost.cause()) {
      case FORCED, SESSION_ENDED, NOT_CONTINUED -> true;
      case EXPIRED, CLIENT_CLOSED -> false;
    };
  }

  private void report() {
    if (reclaims != lease.reclaims()) {
      reclaims = lease.reclaims();
      unanswered = false;
      say("The server was restarted; the lease continues.");
    }
    // Renewed at each third of the ttl.
    boolean overdue = promised.compareTo(lease.ttl().dividedBy(3).multipliedBy(2)) < 0;
    if (unanswered && !overdue) {
      unanswered = false;
      say("The server answers again; the lease is still held.");
    }
    Optional<String> trouble = overdue && !unanswered ? lease.trouble() : Optional.empty();
    if (trouble.isPresent()) {
      unanswered = true;
      say(
          "The lease is not renewed: %s The command has %s more."
              .formatted(trouble.get(), DurationText.print(promised.minus(reserve()))));
    }
  }

  private String why(LeaseLost lost) {
    return switch (lost.cause()) {
      case FORCED -> "The server revoked the lease.";
      case SESSION_ENDED -> "The server no longer knows the session.";
      case NOT_CONTINUED -> "The server was restarted and did not continue the lease.";
      case CLIENT_CLOSED -> "This command has released it.";
      case EXPIRED -> why(Duration.ZERO, rest(nanoTime.getAsLong()));
    };
  }

  /**
   * @param left the remaining promise by both clocks
   * @param rest the remaining promise by the clock that stops while the machine is suspended
   */
  private String why(Duration left, Duration rest) {
    if (left.isZero()) {
      return rest.isZero()
          ? "no answer from the server for %s or longer, and the lease may have expired"
              .formatted(DurationText.print(lease.ttl()))
          : "this machine was suspended, and the lease may have expired";
    }
    return "no answer from the server for %s, and the lease may expire in %s"
        .formatted(DurationText.print(lease.ttl().minus(left)), DurationText.print(left));
  }

  private static Duration notNegative(Duration duration) {
    return Comparators.max(duration, Duration.ZERO);
  }

  /**
   * @param rest how long the lease is still promised
   */
  private Ending lost(String why, Duration rest) throws InterruptedException {
    say("LEASE LOST: %s".formatted(why));
    if (child.endsWithin(Duration.ZERO)) {
      // It may have done its last work without a lease.
      return Ending.LOST;
    }
    switch (onLost) {
      case WARN -> say("The command continues without it because of --on-lost=warn.");
      case TERM -> terminate(rest);
    }
    while (!child.endsWithin(FOR_EVER)) {
      // Waits without a limit.
    }
    return Ending.LOST;
  }

  private void terminate(Duration rest) throws InterruptedException {
    say("Terminating the command.");
    child.terminate();
    if (!child.endsWithin(notNegative(rest.minus(MARGIN)))) {
      say("The command did not exit in time; killing it.");
      child.kill();
    }
  }

  private void say(String sentence) {
    err.println("datastored run: " + VisibleText.of(sentence));
    err.flush();
  }
}
