package io.datastored.client;

import io.datastored.v1.Revision;
import java.time.Duration;
import java.util.Optional;

/**
 * Lookup options say what one lookup asks for beyond datastore and operation. Immutable.
 *
 * @param deadline how long the answer may take; empty: the client's default. An answer from memory
 *     takes no time
 * @param maxAge how long ago the server must have vouched for the answer at most; empty: as long as
 *     the state allows
 * @param atLeast the oldest revision that is good enough, for example of a write elsewhere
 * @param suspectReads whether a READ or LOOKUP may be answered from memory while SUSPECT
 * @param purpose what the lease is for, for people: shown to operators who wait for it. At most 64
 *     characters. A lease that is shared shows the purpose it was asked with
 */
public record LookupOptions(
    Optional<Duration> deadline,
    Optional<Duration> maxAge,
    Optional<Revision> atLeast,
    SuspectReads suspectReads,
    String purpose) {

  /** Nothing special. */
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

  public LookupOptions withDeadline(Duration time) {
    return new LookupOptions(Optional.of(time), maxAge, atLeast, suspectReads, purpose);
  }

  public LookupOptions withMaxAge(Duration age) {
    return new LookupOptions(deadline, Optional.of(age), atLeast, suspectReads, purpose);
  }

  public LookupOptions withAtLeast(Revision revision) {
    return new LookupOptions(deadline, maxAge, Optional.of(revision), suspectReads, purpose);
  }

  public LookupOptions withSuspectReads(SuspectReads reads) {
    return new LookupOptions(deadline, maxAge, atLeast, reads, purpose);
  }

  public LookupOptions withPurpose(String text) {
    return new LookupOptions(deadline, maxAge, atLeast, suspectReads, text);
  }
}
