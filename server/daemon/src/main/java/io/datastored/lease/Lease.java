package io.datastored.lease;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.engine.Handle;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.operation.Operation;
import io.datastored.promise.FencingToken;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A lease is a counted operation held by a remote client. Thread-safe: whether it is live is its
 * {@link Term} and, when it lives with a session, that one's; the operation is counted for as long
 * as the term has not ended, and after an end by force until its holder must have stopped.
 *
 * <p>A lease that the server has ended stays in the table for one more ttl, so that its id is
 * refused and a holder that was cut off cannot take it for granted anew.
 */
public final class Lease implements WheelEntry {

  private static final VarHandle COUNTED_OUT;

  static {
    try {
      COUNTED_OUT = MethodHandles.lookup().findVarHandle(Lease.class, "countedOut", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final LeaseId id;
  private final FencingToken token;
  private final Holder holder;
  private final String purpose;
  private final @Nullable Session session;
  private final Handle handle;

  /** More than one of a lease of the run before of which nobody knows where it is. */
  private final ImmutableList<Handle> handles;

  private final long grantedAt;
  private final long firstDeadline;
  private final Term term;

  private volatile long renewedAt;

  /** The longest it was kept for, in nanoseconds: how long its id is remembered after its end. */
  private volatile long longestKept;

  /** When the holder of one that was ended by force must have stopped; 0 while nobody knows. */
  private volatile long stopsBy;

  private volatile boolean countedOut;

  private volatile long filedAt;

  private Lease(
      LeaseId id,
      FencingToken token,
      LeaseRequest ask,
      @Nullable Session session,
      ImmutableList<Handle> handles,
      long now,
      long kept,
      long deadline) {
    this.id = id;
    this.token = token;
    this.holder = session == null ? ask.holder() : session.holder();
    this.purpose = ask.purpose();
    this.session = session;
    this.handle = handles.get(0);
    this.handles = handles;
    this.grantedAt = now - ask.heldFor().toNanos();
    this.renewedAt = now;
    this.longestKept = kept;
    this.firstDeadline = deadline;
    this.term = new Term(deadline);
  }

  /** A lease that is kept for so many nanoseconds from now. */
  static Lease alone(
      LeaseId id,
      FencingToken token,
      LeaseRequest ask,
      ImmutableList<Handle> handles,
      long now,
      long kept) {
    return new Lease(id, token, ask, null, handles, now, kept, now + kept);
  }

  /** A lease that lives as long as a session. */
  static Lease under(
      Session session,
      LeaseId id,
      FencingToken token,
      LeaseRequest ask,
      ImmutableList<Handle> handles,
      long now) {
    return new Lease(id, token, ask, session, handles, now, 0, Term.NEVER);
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

  /** What for, in the words of its holder. */
  public String purpose() {
    return purpose;
  }

  /** The session that it lives with; empty when it has its own ttl. */
  public Optional<SessionId> sessionId() {
    return Optional.ofNullable(session).map(Session::id);
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

  @Nullable Session session() {
    return session;
  }

  /** Whether an ask is for what this lease is for. */
  boolean isFor(LeaseRequest ask) {
    return operation() == ask.operation()
        && datastore().equals(ask.datastore())
        && sessionId().equals(ask.session());
  }

  Duration age(long now) {
    return Duration.ofNanos(Math.max(0, now - grantedAt));
  }

  Duration idle(long now) {
    return Duration.ofNanos(Math.max(0, now - renewedAt));
  }

  /** Until it ends unless renewed; of one ended by force until its holder must have stopped. */
  Duration timeLeft(long now) {
    long ends = session == null ? term.deadline() : session.term().deadline();
    return Duration.ofNanos(Math.max(0, (term.isForced() ? stopsBy : ends) - now));
  }

  Term term() {
    return term;
  }

  boolean isLive(long now) {
    return term.isLive(now) && (session == null || session.term().isLive(now));
  }

  /** Renews it if it is live; one with a session is kept for as long as that. */
  boolean renew(long now, long kept) {
    if (session != null) {
      renewedAt = now;
      return term.renew(now, Term.NEVER);
    }
    if (kept > longestKept) {
      // Kept though the renewal may be refused, and lost if two meet: then the id is remembered for
      // longer or shorter than the very longest ttl, but never for less than one that was granted.
      longestKept = kept;
    }
    renewedAt = now;
    return term.renew(now, now + kept);
  }

  /** Takes it back if it was never renewed. */
  boolean undo() {
    return term.undo(firstDeadline);
  }

  /** Notes when the holder of one that was ended by force must have stopped. */
  void stopsBy(long time) {
    stopsBy = time;
  }

  /** Whether it was ended by force and is counted still. */
  boolean isForcedAndCounted() {
    return term.isForced() && !countedOut;
  }

  /** Whether its holder must have stopped, if it was ended by force and is counted still. */
  boolean mustHaveStopped(long now) {
    long known = stopsBy;
    return isForcedAndCounted() && known != 0 && known <= now;
  }

  @Override
  public long due() {
    if (!term.isEndedByServer()) {
      return term.deadline();
    }
    return isForcedAndCounted() ? Math.max(stopsBy, term.deadline()) : forgottenAt();
  }

  private long forgottenAt() {
    if (session == null) {
      return term.deadline() + longestKept;
    }
    long oneMoreTtl = term.deadline() + session.longestKept();
    // KeepAlive names what was ended by force until it is released, so it must be known until then.
    return session.term().hasEnded() ? oneMoreTtl : Math.max(oneMoreTtl, session.term().deadline());
  }

  /** Whether the server ended it so long ago that its id is free again. */
  boolean isForgettable(long now) {
    return term.isEndedByServer() && !isForcedAndCounted() && forgottenAt() <= now;
  }

  /** Counts the operation out; true for the one caller that did. */
  boolean countOut() {
    if (!COUNTED_OUT.compareAndSet(this, false, true)) {
      return false;
    }
    handles.forEach(Handle::close);
    return true;
  }

  @Override
  public long filedAt() {
    return filedAt;
  }

  @Override
  public void filedAt(long tick) {
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
    return "lease "
        + id
        + " "
        + operation()
        + " "
        + datastore()
        + " token "
        + token
        + " "
        + term
        + (session == null ? "" : " under " + session.id());
  }
}
