package io.datastored.lease;

import io.datastored.config.DatastoreName;
import io.datastored.engine.Datastore;
import io.datastored.engine.Handle;
import io.datastored.operation.Operation;
import java.time.Duration;

/**
 * A lease is a counted operation held by a remote client. Thread-safe: whether it is live is its
 * {@link Term}; the operation is counted for as long as the term has not ended.
 *
 * <p>A lease that the server has ended stays in the table for one more ttl, so that its id is
 * refused and a holder that was cut off cannot take it for granted anew.
 */
public final class Lease {

  private final LeaseId id;
  private final FencingToken token;
  private final Holder holder;
  private final Handle handle;
  private final long grantedAt;
  private final long firstDeadline;
  private final Term term;

  /**
   * The longest ttl it was granted, in nanoseconds: how long its id is remembered after its end.
   */
  private volatile long longestTtl;

  /** The tick of the wheel under which it is filed. */
  private volatile long filedAt;

  Lease(LeaseId id, FencingToken token, Holder holder, Handle handle, long now, Duration ttl) {
    this.id = id;
    this.token = token;
    this.holder = holder;
    this.handle = handle;
    this.grantedAt = now;
    this.longestTtl = ttl.toNanos();
    this.firstDeadline = now + longestTtl;
    this.term = new Term(firstDeadline);
  }

  /** Its id. */
  public LeaseId id() {
    return id;
  }

  /** Its number. */
  public FencingToken token() {
    return token;
  }

  /** Who holds it. */
  public Holder holder() {
    return holder;
  }

  /** What it is on. */
  public DatastoreName datastore() {
    return handle.datastore().name();
  }

  /** What it permits. */
  public Operation operation() {
    return handle.operation();
  }

  /** The datastore as it was when the lease was granted. */
  Datastore grantedOn() {
    return handle.datastore();
  }

  /** Whether an ask is for what this lease is for. */
  boolean isFor(LeaseAsk ask) {
    return operation() == ask.operation() && datastore().equals(ask.datastore());
  }

  Duration age(long now) {
    return Duration.ofNanos(Math.max(0, now - grantedAt));
  }

  Duration timeLeft(long now) {
    return Duration.ofNanos(Math.max(0, term.deadline() - now));
  }

  Term term() {
    return term;
  }

  /** Renews it if it is live. */
  boolean renew(long now, Duration ttl) {
    long nanos = ttl.toNanos();
    if (nanos > longestTtl) {
      // Kept though the renewal may be refused, and lost if two meet: then the id is remembered for
      // longer or shorter than the very longest ttl, but never for less than one that was granted.
      longestTtl = nanos;
    }
    return term.renew(now, now + nanos);
  }

  /** Takes it back if it was never renewed. */
  boolean undo() {
    return term.undo(firstDeadline);
  }

  /** When the next thing happens to it: its end, or, after that, that it is forgotten. */
  long due() {
    return term.isEndedByServer() ? term.deadline() + longestTtl : term.deadline();
  }

  /** Whether the server ended it so long ago that its id is free again. */
  boolean isForgettable(long now) {
    return term.isEndedByServer() && due() <= now;
  }

  /** Counts the operation out. Only for the one that ended the term. */
  void closeHandle() {
    handle.close();
  }

  long filedAt() {
    return filedAt;
  }

  void filedAt(long tick) {
    filedAt = tick;
  }

  /** Spreads leases over the sets they are filed in; equality is identity. */
  @Override
  public int hashCode() {
    return Long.hashCode(token.value());
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public String toString() {
    return "lease " + id + " " + operation() + " " + datastore() + " token " + token + " " + term;
  }
}
