package io.datastored.client;

import io.datastored.v1.Revision;
import java.time.Duration;
import java.util.Optional;

/**
 * Lookup options are the requirements of one lookup beyond datastore and operation. Immutable.
 *
 * @param deadline how long to wait for an answer of the server; positive; empty: {@link
 *     ClientTimes#callDeadline()}
 * @param maxAge maximum age of the answer, not negative: the time since the server last confirmed
 *     it; empty: as old as the state allows
 * @param atLeast oldest acceptable revision, for example that of a write by another client; empty:
 *     any
 * @param suspectReads whether a READ or LOOKUP may be answered from memory while SUSPECT
 * @param purpose what the lease is for, shown to operators who wait for it; at most 64 characters.
 *     A shared lease shows the purpose of the lookup that requested it
 */
public record LookupOptions(
    Optional<Duration> deadline,
    Optional<Duration> maxAge,
    Optional<Revision> atLeast,
    SuspectReads suspectReads,
    String purpose) {

  /** No special requirements. */
  public static final LookupOptions DEFAULT =
      new LookupOptions(
          Optional.empty(), Optional.empty(), Optional.empty(), SuspectReads.ASK_SERVER, "");

  public LookupOptions {
    if (deadline.filter(time -> time.isNegative() || time.isZero()).isPresent()) {
      throw new IllegalArgumentException("deadline must be positive");
    }
    if (maxAge.filter(Duration::isNegative).isPresent()) {
      throw new IllegalArgumentException("maxAge must not be negative");
    }
    if (purpose.length() > 64) {
      throw new IllegalArgumentException("purpose must have at most 64 characters");
    }
  }

  /** These options with a deadline for the answer of the server. */
  public LookupOptions withDeadline(Duration time) {
    return new LookupOptions(Optional.of(time), maxAge, atLeast, suspectReads, purpose);
  }

  /** These options with a maximum age of the answer; zero asks the server each time. */
  public LookupOptions withMaxAge(Duration age) {
    return new LookupOptions(deadline, Optional.of(age), atLeast, suspectReads, purpose);
  }

  /** These options with an oldest acceptable revision. */
  public LookupOptions withAtLeast(Revision revision) {
    return new LookupOptions(deadline, maxAge, Optional.of(revision), suspectReads, purpose);
  }

  /** These options with a choice for reads while the client is SUSPECT. */
  public LookupOptions withSuspectReads(SuspectReads reads) {
    return new LookupOptions(deadline, maxAge, atLeast, reads, purpose);
  }

  /** These options with a purpose, shown to operators. */
  public LookupOptions withPurpose(String text) {
    return new LookupOptions(deadline, maxAge, atLeast, suspectReads, text);
  }
}
