package io.datastored.lease;

import com.google.common.collect.ImmutableList;
import io.datastored.access.Shares;
import io.datastored.history.Revision;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * A session is the liveness of one remote client, and what it has applied. Thread-safe: its {@link
 * Term} decides whether it is live; what it was sent and has applied is written under its lock and
 * read without.
 */
public final class Session implements WheelEntry {

  /** Renewals may meet; drains count on the longest of their promises. */
  private static final AtomicLongFieldUpdater<Session> LONGEST_KEPT =
      AtomicLongFieldUpdater.newUpdater(Session.class, "longestKept");

  private final SessionId id;
  private final Holder holder;
  private final Optional<Duration> wish;
  private final Shares places;
  private final long openedAt;
  private final Term term;

  /** Its leases: live ones, and leases ended by force that have not been released. */
  private final Set<Lease> leases = ConcurrentHashMap.newKeySet(4);

  private volatile boolean caches;

  /** Null until the session is in the table, see {@link SessionTable}. */
  private volatile @Nullable Revision openedOn;

  private volatile @Nullable Revision sent;
  private volatile @Nullable Revision applied;
  private volatile long renewedAt;
  private volatile long longestKept;
  private volatile long filedAt;

  /** The modes that drains wait for it to apply. */
  private volatile ImmutableList<Awaited> awaited = ImmutableList.of();

  private final Object lock = new Object();

  /** A mode that a drain waits for, and until when the session is kept if it does not apply it. */
  private record Awaited(Revision mode, long keptUntil) {}

  Session(SessionId id, SessionRequest ask, Shares places, long now, long kept) {
    this.id = id;
    this.holder = ask.holder();
    this.wish = ask.ttl();
    this.caches = ask.caches();
    this.places = places;
    this.openedAt = now;
    this.renewedAt = now;
    this.longestKept = kept;
    this.term = new Term(now + kept);
  }

  /** The id of the session. */
  public SessionId id() {
    return id;
  }

  /** The client. */
  public Holder holder() {
    return holder;
  }

  /** Whether the client answers from a cache, so that drains wait for what it has applied. */
  public boolean caches() {
    return caches;
  }

  /** The last revision sent on a watch that feeds it. */
  public Optional<Revision> sent() {
    return Optional.ofNullable(sent);
  }

  /** The last revision that the client reports as applied. */
  public Optional<Revision> applied() {
    return Optional.ofNullable(applied);
  }

  /** Records what was sent on a watch that feeds it. */
  public void noteSent(Revision revision) {
    synchronized (lock) {
      Revision last = sent;
      if (last == null || isBefore(last, revision)) {
        sent = revision;
      }
    }
  }

  /**
   * Records what the client reports as applied. A late message does not set it back, and a revision
   * that is not served yet cannot have been applied.
   *
   * @return whether it has come further
   */
  boolean noteApplied(Revision revision, Revision head) {
    boolean ofThisHistory = revision.sameHistory(head);
    if (ofThisHistory && isBefore(head, revision)) {
      return false;
    }
    synchronized (lock) {
      Revision last = applied;
      boolean further =
          last == null || (last.sameHistory(revision) ? isBefore(last, revision) : ofThisHistory);
      if (further) {
        applied = revision;
      }
      return further;
    }
  }

  /** Whether a revision is earlier than another one, or of another history. */
  private static boolean isBefore(Revision point, Revision other) {
    return !point.sameHistory(other) || other.generation().isAfter(point.generation());
  }

  /** Records the revision in the answer to its opening. */
  void openedOn(Revision revision) {
    openedOn = revision;
  }

  /** Marks it as caching. Never undone: a drain that did not wait for it cannot be repeated. */
  void cachesFromNowOn() {
    caches = true;
  }

  /** Whether it caches, was opened before a mode was set and has not applied it. */
  public boolean isBehind(Revision mode) {
    if (!caches) {
      return false;
    }
    Revision opened = openedOn;
    boolean openedBefore = opened == null || isBefore(opened, mode);
    return openedBefore && !hasApplied(mode);
  }

  private boolean hasApplied(Revision mode) {
    Revision last = applied;
    return last != null && !isBefore(last, mode);
  }

  /** Limits how long it is kept until it has applied the mode. */
  void await(Revision mode, long keptUntil) {
    synchronized (lock) {
      if (awaited.stream().noneMatch(waited -> waited.mode.equals(mode))) {
        awaited =
            ImmutableList.<Awaited>builder()
                .addAll(stillAwaited())
                .add(new Awaited(mode, keptUntil))
                .build();
      }
    }
  }

  private ImmutableList<Awaited> stillAwaited() {
    return awaited.stream()
        .filter(waited -> !hasApplied(waited.mode))
        .collect(ImmutableList.toImmutableList());
  }

  /** The time until which it is kept at most. */
  private long keptUntilAtMost() {
    long most = Term.NEVER;
    for (Awaited waited : awaited) {
      if (!hasApplied(waited.mode)) {
        most = Math.min(most, waited.keptUntil);
      }
    }
    return most;
  }

  /**
   * Renews it if it is live: for this many nanoseconds, or for less if a drain waits for it.
   *
   * @param now read before this call, and so before what drains wait for. In the other order, a
   *     thread could find that no drain waits and pause, a drain begin to wait, and the thread then
   *     renew for a whole ttl from a later time
   */
  boolean renew(long now, long kept) {
    long until = Math.min(now + kept, keptUntilAtMost());
    LONGEST_KEPT.accumulateAndGet(this, kept, Math::max);
    if (!term.renew(now, until)) {
      return false;
    }
    renewedAt = now;
    return true;
  }

  Optional<Duration> wish() {
    return wish;
  }

  Term term() {
    return term;
  }

  Shares places() {
    return places;
  }

  /** The longest time one renewal kept it for, in nanoseconds. */
  long longestKept() {
    return longestKept;
  }

  Set<Lease> leases() {
    return leases;
  }

  long openedAt() {
    return openedAt;
  }

  Duration age(long now) {
    return Duration.ofNanos(Math.max(0, now - openedAt));
  }

  Duration idle(long now) {
    return Duration.ofNanos(Math.max(0, now - renewedAt));
  }

  Duration timeLeft(long now) {
    return Duration.ofNanos(Math.max(0, term.deadline() - now));
  }

  @Override
  public long due() {
    return term.deadline();
  }

  @Override
  public long filedAt() {
    return filedAt;
  }

  @Override
  public void filedAt(long tick) {
    filedAt = tick;
  }

  @Override
  public String toString() {
    return "session " + id + " " + term + ", applied " + applied;
  }
}
