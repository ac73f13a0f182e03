package io.datastored.proof.history;

import java.util.Optional;

/**
 * A call is what one process asked for and what it was answered: a lookup, a write or a drain.
 * Immutable.
 *
 * @param begin before it was sent
 * @param end its answer; empty when its process was killed before it could write it down
 */
public record Call(Event begin, Optional<Event> end) {

  private static final long NEVER = Long.MAX_VALUE;

  public String datastore() {
    return begin.datastore();
  }

  public boolean ended(Kind kind) {
    return end.filter(event -> event.kind() == kind).isPresent();
  }

  /** Whether it may or may not have happened. */
  public boolean isUnknown() {
    return end.isEmpty() || ended(Kind.WRITE_UNKNOWN);
  }

  public boolean setsMode() {
    return begin.kind() == Kind.WRITE_BEGIN && begin.has("mode");
  }

  /** When its caller heard the answer or gave up. */
  long over(History history) {
    return end.map(Event::nanos).orElse(history.killed().getOrDefault(begin.who(), NEVER));
  }
}
