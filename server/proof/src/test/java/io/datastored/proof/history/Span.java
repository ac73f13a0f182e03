package io.datastored.proof.history;

import java.util.List;

/**
 * A span is a time in which the mode of one datastore is known. Immutable.
 *
 * @param first the answer from which on it is known
 * @param mode the mode
 * @param to the first moment at which it may have changed
 */
public record Span(Event first, String mode, long to) {

  /** From each DRAINED until somebody began to change the mode. */
  public static List<Span> drained(History history, String datastore) {
    return history.drains(datastore).stream()
        .filter(call -> call.ended(Kind.DRAINED))
        .map(call -> of(history, datastore, call.end().orElseThrow(), mode(call)))
        .toList();
  }

  /** From each answer that a mode is set until somebody began to change it. */
  public static List<Span> set(History history, String datastore) {
    return history.writes(datastore).stream()
        .filter(call -> call.setsMode() && call.ended(Kind.WRITE_DONE))
        .map(call -> of(history, datastore, call.end().orElseThrow(), call.begin().text("mode")))
        .toList();
  }

  private static String mode(Call drain) {
    return drain.end().orElseThrow().text("mode");
  }

  private static Span of(History history, String datastore, Event first, String mode) {
    List<Call> modes = history.writes(datastore).stream().filter(Call::setsMode).toList();
    long to = Long.MAX_VALUE;
    for (Call write : modes) {
      boolean isItself = write.end().filter(end -> end == first).isPresent();
      if (write.begin().nanos() >= first.nanos()) {
        to = Math.min(to, write.begin().nanos());
      } else if (!isItself && mayStillHappen(write, modes, history, first.nanos())) {
        to = first.nanos();
      }
    }
    return new Span(first, mode, to);
  }

  /**
   * Whether a write that began before a moment may change the mode after it. One whose caller gave
   * up may, until a later write was answered: what is cancelled is not committed, and what is on
   * its way then fails on what the later write has changed.
   */
  private static boolean mayStillHappen(
      Call write, List<Call> modes, History history, long moment) {
    long over = write.over(history);
    if (over > moment || !write.isUnknown()) {
      return over > moment;
    }
    return modes.stream()
        .noneMatch(
            later ->
                later.ended(Kind.WRITE_DONE)
                    && later.begin().nanos() >= over
                    && later.over(history) <= moment);
  }

  /** Whether it and the time between two moments have one in common; an empty one has none. */
  public boolean meets(long begin, long end) {
    return first.nanos() < to && begin < to && end > first.nanos();
  }

  /** Whether all the time between two moments is in it. */
  public boolean covers(long begin, long end) {
    return first.nanos() <= begin && end < to;
  }

  public boolean refuses(String operation) {
    return refuses(mode, operation);
  }

  /** Whether a mode refuses an operation: the matrix of the contract, written down once more. */
  public static boolean refuses(String mode, String operation) {
    return switch (mode) {
      case "NONE" -> false;
      case "READ_ONLY" -> operation.equals("WRITE");
      case "OFFLINE", "UNMOUNT", "S3_REFRESH" -> !operation.equals("LOOKUP");
      case "DELETE" -> true;
      default -> throw new IllegalStateException("no such mode: " + mode);
    };
  }
}
