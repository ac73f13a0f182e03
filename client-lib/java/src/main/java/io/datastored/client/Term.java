package io.datastored.client;

/**
 * A term is what the last answered renewal allows: for how long answers may be given from memory,
 * and how current they are. Immutable but for the deadline, which lives in the opening.
 *
 * @param opening under which it was answered
 * @param ttl as told by the last renewal, in nanoseconds
 * @param suspectAt two thirds of the ttl after the sending of the last renewal that was answered
 * @param standing how far what is applied is behind what the server has told
 * @param vouchedAt when the last request was sent whose answer told of nothing newer than what is
 *     applied: everything in memory was true then, or later
 * @param wallAhead by how much the wall clock was ahead when the last renewal was sent
 */
record Term(
    SessionEpoch opening,
    long ttl,
    long suspectAt,
    Freshness standing,
    long vouchedAt,
    long wallAhead) {

  /** How far what is applied is behind what the server has told. */
  enum Freshness {
    /** The revision of the opening is not applied, or a snapshot is arriving. */
    SYNCING,
    /** The revision of the last renewal is not applied. */
    BEHIND,
    /** Everything is applied. */
    CAUGHT_UP
  }

  static final Term NONE = new Term(SessionEpoch.NONE, 0, 0, Freshness.SYNCING, 0, 0);

  ClientState state(long now) {
    if (!opening.isLive(now)) {
      return ClientState.EXPIRED;
    }
    if (standing == Freshness.SYNCING) {
      return ClientState.RESYNC;
    }
    return standing == Freshness.CAUGHT_UP && now - suspectAt < 0
        ? ClientState.FRESH
        : ClientState.SUSPECT;
  }

  /**
   * Whether the server has vouched for what is in memory within the last ttl. A client that is
   * behind is renewed all the same, so its state alone does not bound the age of what it says.
   */
  boolean isVouchedFor(long now) {
    return now - vouchedAt < ttl;
  }

  Term with(Freshness next, long vouched) {
    return new Term(opening, ttl, suspectAt, next, vouched, wallAhead);
  }
}
