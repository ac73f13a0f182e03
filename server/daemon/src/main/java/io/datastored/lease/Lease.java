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
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * A lease is a counted operation held by a remote client. Thread-safe: its {@link Term}, or that of
 * its session, decides whether it is live. The operation is counted until the term ends, and after
 * an end by force until its holder must have stopped.
 *
 * <p>A lease that the server has ended stays in the table for one more ttl. Its id is refused in
 * that time, so a holder that was cut off cannot mistake a new grant for its old lease.
 */
public final class Lease implements WheelEntry {

  /** Renewals may meet; drains count on the longest of their promises. */
  private static final AtomicLongFieldUpdater<Lease> LONGEST_KEPT =
      AtomicLongFieldUpdater.newUpdater(Lease.class, "longestKept");

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
  private final String continuation;
  private final Holder holder;
  private final String purpose;
  private final @Nullable Session session;
  private final Handle handle;

  /** More than one if the lease is of the previous run and its base path is not certain. */
  private final ImmutableList<Handle> handles;

  private final long grantedAt;
  private final long firstDeadline;
  private final Term term;

  private volatile long renewedAt;

  /**
   * The longest time it was kept for, in nanoseconds: its id is remembered that long after its end.
   */
  private volatile long longestKept;

  /** When the holder of a lease ended by force must have stopped; 0 while unknown. */
  private volatile long stopsBy;

  private volatile boolean countedOut;

  private volatile boolean dropped;

  private volatile long filedAt;

  /**
   * What a lease is known by.
   *
   * @param continuation the proof that its holder was granted it, for a later run of the server
   */
  record Named(LeaseId id, FencingToken token, String continuation) {}

  private Lease(
      Named named,
      LeaseRequest ask,
      @Nullable Session session,
      ImmutableList<Handle> handles,
      long now,
      long kept,
      long deadline) {
    this.id = named.id();
    this.token = named.token();
    this.continuation = named.continuation();
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

  /** A lease with its own ttl: it is kept for this many nanoseconds from now. */
  static Lease alone(
      Named named, LeaseRequest ask, ImmutableList<Handle> handles, long now, long kept) {
    return new Lease(named, ask, null, handles, now, kept, now + kept);
  }

  /** A lease that lives as long as its session. */
  static Lease under(
      Session session, Named named, LeaseRequest ask, ImmutableList<Handle> handles, long now) {
    return new Lease(named, ask, session, handles, now, 0, Term.NEVER);
  }

  /** The longest time that one renewal kept it for, in nanoseconds; 0 under a session. */
  long longestKept() {
    return longestKept;
  }

  /** Marks it as ended without a word of its client. To be called before it is ended. */
  void drop() {
    dropped = true;
  }

  /** Whether its client may continue it though it is not counted here any more. */
  boolean isDropped() {
    return dropped;
  }

  /** The proof, for its holder alone, that it was granted. */
  public String continuation() {
    return continuation;
  }

  /** The id of the lease. */
  public LeaseId id() {
    return id;
  }

  /** The fencing token. */
  public FencingToken token() {
    return token;
  }

  /** The client that holds it. */
  public Holder holder() {
    return holder;
  }

  /** The purpose, as stated by its holder. */
  public String purpose() {
    return purpose;
  }

  /** The session that it lives with; empty if it has its own ttl. */
  public Optional<SessionId> sessionId() {
    return Optional.ofNullable(session).map(Session::id);
  }

  /** The datastore that it is on. */
  public DatastoreName datastore() {
    return handle.datastore().name();
  }

  /** The operation that it permits. */
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

  /** Whether a request is for the datastore, operation and session of this lease. */
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

  /**
   * The time until it expires unless renewed; if it was ended by force, until its holder must have
   * stopped.
   */
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

  /** Renews it if it is live; a lease under a session follows the session. */
  boolean renew(long now, long kept) {
    if (session != null) {
      renewedAt = now;
      return term.renew(now, Term.NEVER);
    }
    // Written although the renewal may be refused: the id is then remembered for longer.
    LONGEST_KEPT.accumulateAndGet(this, kept, Math::max);
    renewedAt = now;
    return term.renew(now, now + kept);
  }

  /** Undoes the grant if the lease was never renewed. */
  boolean undo() {
    return term.undo(firstDeadline);
  }

  /** Records when the holder of a lease ended by force must have stopped. */
  void stopsBy(long time) {
    stopsBy = time;
  }

  /** Whether it was ended by force and is still counted. */
  boolean isForcedAndCounted() {
    return term.isForced() && !countedOut;
  }

  /** Whether it was ended by force, is still counted, and its holder must have stopped. */
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
    // KeepAlive names a lease that was ended by force until it is released, so it is remembered
    // until then.
    return session.term().hasEnded() ? oneMoreTtl : Math.max(oneMoreTtl, session.term().deadline());
  }

  /** Whether the server ended it so long ago that its id may be reused. */
  boolean isForgettable(long now) {
    return term.isEndedByServer() && !isForcedAndCounted() && forgottenAt() <= now;
  }

  /** Releases the counted operation; true only for the one call that did so. */
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

  /** An identity hash that spreads leases over the sets of the wheel; equality is identity. */
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
