package io.datastored.lease;

import java.time.Duration;

/**
 * A live session is a session as an operator sees it at one moment. Immutable but for the session.
 *
 * @param age time since it was opened
 * @param idle time since its last renewal
 * @param timeLeft time until it expires unless it is renewed
 * @param leases number of live leases under it
 * @param lag for how long there has been a revision that it has not applied; zero if there is none,
 *     and for a session that does not cache and has never reported what it has applied
 * @param place its position in a list
 */
public record LiveSession(
    Session session,
    Duration age,
    Duration idle,
    Duration timeLeft,
    long leases,
    Duration lag,
    Position place) {

  /**
   * A position is the place of a session in a list, those furthest behind first. Immutable.
   *
   * @param generation the last one applied, or 0; the largest number for a session that does not
   *     cache and has never reported one
   * @param id the session
   */
  public record Position(long generation, SessionId id) implements Comparable<Position> {

    @Override
    public int compareTo(Position other) {
      int byGeneration = Long.compare(generation, other.generation);
      return byGeneration != 0 ? byGeneration : id.value().compareTo(other.id.value());
    }
  }
}
