package io.datastored.client.internal.cache;

import io.datastored.client.ClientState;

/**
 * A term is the effect of the last answered renewal: how long answers may be given from memory, and
 * how current they are. Immutable except for the deadline, which is in the opening.
 *
 * @param opening opening under which the renewal was answered
 * @param ttl ttl of the last renewal, in nanoseconds
 * @param suspectAt two thirds of the ttl after the last answered renewal was sent
 * @param standing how far the view is behind what the server reported
 * @param vouchedAt when the last request was sent whose answer reported nothing newer than what is
 *     applied: everything in memory was true at that time or later
 * @param wallAhead how far the wall clock was ahead when the last renewal was sent, in nanoseconds
 */
public record Term(
    SessionEpoch opening,
    long ttl,
    long suspectAt,
    Freshness standing,
    long vouchedAt,
    long wallAhead) {

  /** A freshness is how far the view is behind what the server reported. */
  public enum Freshness {
    /** The revision of the opening is not applied, or a snapshot is arriving. */
    SYNCING,
    /** The revision of the last renewal is not applied. */
    BEHIND,
    /** Everything is applied. */
    CAUGHT_UP
  }

  static final Term NONE = new Term(SessionEpoch.NONE, 0, 0, Freshness.SYNCING, 0, 0);

  public ClientState state(long now) {
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
   * Whether the server has vouched for the view within the last ttl. A client that is behind is
   * still renewed, so its state alone does not bound the age of its answers.
   */
  boolean isVouchedFor(long now) {
    return now - vouchedAt < ttl;
  }

  public Term with(Freshness next, long vouched) {
    return new Term(opening, ttl, suspectAt, next, vouched, wallAhead);
  }
}
