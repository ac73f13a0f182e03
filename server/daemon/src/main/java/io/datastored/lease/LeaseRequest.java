package io.datastored.lease;

import io.datastored.config.DatastoreName;
import io.datastored.operation.Operation;
import io.datastored.promise.FencingToken;
import java.time.Duration;
import java.util.Optional;

/**
 * A lease request is what a client asks to lease. Immutable.
 *
 * @param datastore the datastore
 * @param operation a counted operation
 * @param session the session the lease will live with; not together with {@code ttl}
 * @param ttl the requested ttl, clamped to the server's bounds; empty: the default
 * @param id the id of the lease; empty: the server chooses one
 * @param held the token of the lease that the client continues; empty: a first request, or its
 *     repetition. Only together with {@code id}
 * @param continuation the proof that the lease to continue was granted to the holder; empty if the
 *     client has none
 * @param heldFor for how long the client has held the lease that it continues; zero if it did not
 *     say
 * @param holder the requesting client; a lease under a session has the session's holder
 * @param purpose the purpose as stated by the client, at most 64 characters; empty if it stated
 *     none
 */
public record LeaseRequest(
    DatastoreName datastore,
    Operation operation,
    Optional<SessionId> session,
    Optional<Duration> ttl,
    Optional<LeaseId> id,
    Optional<FencingToken> held,
    String continuation,
    Duration heldFor,
    Holder holder,
    String purpose) {

  /** The longest purpose, in characters. */
  public static final int MAX_PURPOSE = 64;

  /** The longest time that a lease may claim to have been held for. */
  public static final Duration LONGEST_HELD = Duration.ofDays(10_000);

  public LeaseRequest {
    if (!operation.counted()) {
      throw new IllegalArgumentException(operation + " is never leased");
    }
    if (session.isPresent() && ttl.isPresent()) {
      throw new IllegalArgumentException("a lease lives with a session or for a ttl, not both");
    }
    if (held.isPresent() && id.isEmpty()) {
      throw new IllegalArgumentException("to continue a lease takes its id");
    }
    if (heldFor.isNegative() || heldFor.compareTo(LONGEST_HELD) > 0) {
      throw new IllegalArgumentException("a lease is held for 0 to 10,000 days");
    }
    if (!isValidPurpose(purpose)) {
      throw new IllegalArgumentException("a purpose has at most 64 characters");
    }
  }

  /** Whether a text is a valid purpose. */
  public static boolean isValidPurpose(String text) {
    return text.length() <= MAX_PURPOSE || text.codePointCount(0, text.length()) <= MAX_PURPOSE;
  }
}
