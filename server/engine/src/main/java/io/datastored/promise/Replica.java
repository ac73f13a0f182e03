package io.datastored.promise;

import com.google.common.collect.ImmutableList;
import io.datastored.history.Generation;
import java.time.Duration;
import java.util.Optional;

/**
 * A replica is one of several servers that share a history, as one of them knows it. Immutable.
 *
 * @param name for people; {@code unknown} if its record cannot be read
 * @param life the life that it is in
 * @param state whether it is there
 * @param presence what it says of itself; empty unless it is there
 * @param unconfirmed for how long it has not been heard of: of the server that knows this, since it
 *     was heard of by their store, and empty while it may promise something
 * @param left how long it is waited for at most; empty if it is there, and if only an operator can
 *     decide
 */
public record Replica(
    String name,
    LifeId life,
    State state,
    Optional<Presence> presence,
    Optional<Duration> unconfirmed,
    Optional<Duration> left) {

  /** Whether a replica is there. */
  public enum State {
    /** Its store hears of it. */
    HERE,
    /** Its store does not hear of it any more, and it has not stopped in order. */
    SILENT,
    /** It has stopped in order, and its clients may still rely on its promises. */
    LEFT
  }

  /**
   * What a replica says of itself while it is there. Immutable.
   *
   * @param version of its software
   * @param addresses that it listens on, as its options have them
   * @param applied the last generation that it has acknowledged to serve; empty before the first
   */
  public record Presence(
      String version, ImmutableList<String> addresses, Optional<Generation> applied) {}
}
