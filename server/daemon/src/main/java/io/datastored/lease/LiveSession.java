package io.datastored.lease;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
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
   * @param key a hash of the session's id, which a page token must not tell
   */
  public record Position(long generation, long key) implements Comparable<Position> {

    static Position of(long generation, SessionId id) {
      return new Position(
          generation,
          Hashing.farmHashFingerprint64().hashString(id.value(), StandardCharsets.UTF_8).asLong());
    }

    @Override
    public int compareTo(Position other) {
      int byGeneration = Long.compare(generation, other.generation);
      return byGeneration != 0 ? byGeneration : Long.compare(key, other.key);
    }
  }
}
