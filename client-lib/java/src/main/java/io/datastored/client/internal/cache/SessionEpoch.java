package io.datastored.client.internal.cache;

/**
 * A session epoch is one answered OpenSession. Thread-safe; changed only by the loop. It covers all
 * leases that the server granted, confirmed or renewed under it.
 *
 * <p>A lease refers to the opening that granted or confirmed it last. A renewal moves the deadline
 * of the newest opening, and so of all its leases. A lease that was not confirmed under the newest
 * opening keeps the deadline of its own: a server that does not know the lease cannot renew it.
 */
public final class SessionEpoch {

  /** The epoch before the first opening, which is already over. */
  public static final SessionEpoch NONE = new SessionEpoch("", "", 0, 0);

  private final String server;
  private final String sessionId;
  private final int number;
  private volatile long expiresAt;
  private volatile boolean over;

  /**
   * @param server the address of the server that answered
   * @param number of this opening, from 1
   */
  public SessionEpoch(String server, String sessionId, int number, long expiresAt) {
    this.server = server;
    this.sessionId = sessionId;
    this.number = number;
    this.expiresAt = expiresAt;
    this.over = number == 0;
  }

  /** The opening after this one. */
  public SessionEpoch next(String at, String id, long until) {
    return new SessionEpoch(at, id, number + 1, until);
  }

  public String server() {
    return server;
  }

  public String sessionId() {
    return sessionId;
  }

  public int number() {
    return number;
  }

  public long expiresAt() {
    return expiresAt;
  }

  public boolean isLive(long now) {
    return !over && now - expiresAt < 0;
  }

  /** Whether the deadline has passed and {@link #end} was not called yet. */
  public boolean isOverdue(long now) {
    return !over && now - expiresAt >= 0;
  }

  /**
   * Extends the deadline after a renewal. It never becomes earlier: the server keeps the later one.
   */
  public void extend(long until) {
    if (until - expiresAt > 0) {
      expiresAt = until;
    }
  }

  /** Ends the epoch permanently: a late answer extends nothing. */
  public void end() {
    over = true;
  }

  @Override
  public String toString() {
    return number == 0 ? "none" : sessionId + "#" + number;
  }
}
