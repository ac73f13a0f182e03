package io.datastored.client;

/**
 * A session epoch is one answered OpenSession, and so the start of a server that promises what was
 * granted, confirmed or renewed under it. Thread-safe; changed by the loop only.
 *
 * <p>A lease points to the opening that granted or confirmed it last. Renewals move the deadline of
 * the newest opening and thereby of all its leases; a lease that was not confirmed under the newest
 * one keeps the deadline of its own (a server that has forgotten it cannot promise it).
 */
final class SessionEpoch {

  /** Before the first one: nothing was ever promised. */
  static final SessionEpoch NONE = new SessionEpoch("", 0, 0);

  private final String sessionId;
  private final int number;
  private volatile long expiresAt;
  private volatile boolean over;

  SessionEpoch(String sessionId, int number, long expiresAt) {
    this.sessionId = sessionId;
    this.number = number;
    this.expiresAt = expiresAt;
    this.over = number == 0;
  }

  String sessionId() {
    return sessionId;
  }

  int number() {
    return number;
  }

  long expiresAt() {
    return expiresAt;
  }

  boolean isLive(long now) {
    return !over && now - expiresAt < 0;
  }

  /** Whether its time is over and nobody has noticed yet. */
  boolean isOverdue(long now) {
    return !over && now - expiresAt >= 0;
  }

  /** A renewal was answered. A promise never becomes shorter: the server keeps the longer one. */
  void extend(long until) {
    if (until - expiresAt > 0) {
      expiresAt = until;
    }
  }

  /** Nothing is promised any more. Final: a late answer extends nothing. */
  void end() {
    over = true;
  }

  @Override
  public String toString() {
    return number == 0 ? "none" : sessionId + "#" + number;
  }
}
