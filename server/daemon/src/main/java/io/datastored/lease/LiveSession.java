package io.datastored.lease;

import java.time.Duration;

/**
 * A live session is a session as an operator sees it at one moment. Immutable but for the session.
 *
 * @param age since it was opened
 * @param idle since its last renewal
 * @param timeLeft until it ends by itself unless it is renewed
 * @param leases live ones under it
 * @param lag how long there has been a revision that it has not applied; zero when there is none,
 *     and for one that does not cache and has never said what it has applied
 * @param place where it stands in a list
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
   * A place is where a session stands in a list: those that are furthest behind first. Immutable.
   *
   * @param generation the last one applied, or 0; the largest number for one that does not cache
   *     and has never said
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
