package io.datastored.lease;

import com.google.common.base.Ticker;
import com.google.common.collect.ImmutableList;
import io.datastored.access.AuditTrail;
import io.datastored.access.Limit;
import io.datastored.access.Shares;
import io.datastored.engine.Engine;
import io.datastored.engine.Subscription;
import io.datastored.file.StoreException;
import io.datastored.promise.ClockSlack;
import io.datastored.promise.LeaseClock;
import io.datastored.promise.PromiseGate;
import io.datastored.promise.Recovery;
import io.datastored.promise.SealingPeers;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leases are all promises of a server to remote clients: leases, sessions, and what remains of the
 * previous run. Thread-safe; {@link #sweep} is for one thread.
 */
public final class Leases implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Leases.class);

  /** As many leases as may be reclaimed at the same time after a restart. */
  private static final int MOST_SPENT = 1 << 16;

  private final LeaseTrail trail;
  private final LeaseClock clock;
  private final Standing standing;
  private final LeaseCounts counts;
  private final ReclaimPolicy reclaims;
  private final LeaseRegister register;
  private final SessionRegister sessionRegister;
  private final LeaseTable leases;
  private final CountedLeases counted;
  private final SessionTable sessions;
  private final LiveSessions liveSessions;
  private final Subscription subscription;
  private final Standing.Upkeep upkeep;

  /**
   * A room without leases or sessions.
   *
   * @param engine permits operations
   * @param ground what the promises stand on
   * @param options bounds and intervals
   * @param ticker monotonic time
   * @param secret source of the keys for generated ids; must be unpredictable
   * @param trail records grants and ends
   * @param background reserves fencing tokens ahead; its threads may block
   */
  public Leases(
      Engine engine,
      LeaseGround ground,
      LeaseOptions options,
      Ticker ticker,
      RandomGenerator secret,
      AuditTrail trail,
      Executor background) {
    ClockSlack margin = options.margin();
    this.trail = new LeaseTrail(trail);
    this.clock = new LeaseClock(ticker, options.stall());
    this.standing = ground.begin(engine, clock, options, background);
    PromiseGate gate = new PromiseGate(standing.authority(), standing.book());
    this.counts = new LeaseCounts(options.maxLeases(), options.share());
    this.reclaims =
        new ReclaimPolicy(
            standing.peers(),
            new ReleasedIds(standing::takesOver, MOST_SPENT),
            standing::isOwn,
            this.trail);
    this.register = new LeaseRegister(counts, options.tick(), reclaims::over, this.trail);
    Shares sessionPlaces =
        new Shares(new Limit("max-sessions", options.sessions().maxSessions()), options.share());
    this.sessionRegister = new SessionRegister(sessionPlaces, register, options.tick(), this.trail);
    LeaseIds ids = new LeaseIds(secret);
    Ownership ownership = new Ownership(clock, this.trail);
    LeaseGranter grants =
        new LeaseGranter(
            engine,
            gate,
            standing.book(),
            standing.tokens(),
            ids,
            counts,
            register,
            clock,
            margin,
            reclaims);
    this.leases =
        new LeaseTable(
            engine, gate, options, clock, register, sessionRegister, grants, reclaims, ownership);
    this.counted = new CountedLeases(clock, counts, register);
    RevisionClock heads = new RevisionClock(clock, engine.snapshot().revision());
    this.sessions =
        new SessionTable(
            gate,
            options,
            clock,
            new SessionIds(standing.start(), secret),
            sessionRegister,
            standing.recovery(),
            ownership,
            () -> engine.snapshot().revision(),
            heads);
    this.liveSessions = new LiveSessions(options, clock, sessionRegister, heads);
    this.upkeep = standing.upkeep(register);
    this.subscription =
        engine.addListener(
            change -> {
              heads.note(change.after().revision());
              upkeep.onServed(change);
            });
  }

  /** The table of leases, for their holders. */
  public LeaseTable leases() {
    return leases;
  }

  /** The counted leases, for callers that wait for their end. */
  public CountedLeases counted() {
    return counted;
  }

  /** The table of sessions. */
  public SessionTable sessions() {
    return sessions;
  }

  /** The sessions, for those who wait for them or list them. */
  public LiveSessions liveSessions() {
    return liveSessions;
  }

  /** The places of leases and of sessions. */
  public ImmutableList<Shares> shares() {
    return ImmutableList.of(counts.places(), sessionRegister.places());
  }

  /** How long the last of all promises may have to be waited for after a restart. */
  public Duration longestPromise() {
    return standing.longestPromise();
  }

  /**
   * How long the longest promise is kept that may be out; zero if there is none. Walks them all.
   */
  public Duration longestKept() {
    return Duration.ofNanos(
        LongStream.concat(
                sessionRegister.all().mapToLong(Session::longestKept),
                register.all().mapToLong(Lease::longestKept))
            .max()
            .orElse(0));
  }

  /** Records what becomes of leases and sessions. */
  public LeaseTrail trail() {
    return trail;
  }

  /** The recovery of leases of the previous run. */
  public Recovery recovery() {
    return standing.recovery();
  }

  /** The clients that may continue leases which this run did not grant. */
  public SealingPeers peers() {
    return standing.peers();
  }

  /**
   * Ends what has expired and forgets what was remembered for long enough. To be called every
   * {@code options.tick()} by one thread.
   */
  public void sweep() {
    Duration stood = clock.beat();
    if (!stood.isZero()) {
      log.atWarn()
          .addKeyValue("stood_still", stood)
          .addKeyValue("leases", counts.total())
          .addKeyValue("sessions", sessions.live())
          .log("server was paused; lease and session deadlines are extended accordingly");
    }
    long now = clock.now();
    sessionRegister.sweep(now);
    register.sweep(now);
    reclaims.sweep();
    upkeep.tend();
  }

  /**
   * Records in the ledger that no promise is outstanding, if so. For a clean stop, after the last
   * call has ended. Touches the disk.
   */
  public void settle() throws StoreException {
    sweep();
    if (isEmpty()) {
      standing.book().settle(Duration.ofNanos(clock.now()));
    }
  }

  /** Whether no client relies on a promise. */
  public boolean isEmpty() {
    return counts.total() == 0 && counts.forced() == 0 && sessions.live() == 0;
  }

  /**
   * Stops following the engine and releases every operation, as the end of the process would; the
   * next server on this state directory waits for its recovery instead. Call it after the last call
   * has ended. Idempotent.
   */
  @Override
  public void close() {
    subscription.close();
    register.all().forEach(Lease::countOut);
  }

  /**
   * Drops every session and lease. Their clients have not given them back, and may continue the
   * leases in the next life of this server, or at another one. Call it when a life of this server
   * is over, after its authority has ended and before the next one begins.
   */
  public void drop() {
    long now = clock.now();
    long sessionsBefore = sessions.live();
    long leasesBefore = counts.total();
    sessionRegister.all().forEach(session -> sessionRegister.drop(session, now));
    register.all().forEach(lease -> register.drop(lease, now));
    // What the next life grants must not look like a lease of this one.
    standing.tokens().leave();
    log.atWarn()
        .addKeyValue("sessions", sessionsBefore)
        .addKeyValue("leases", leasesBefore)
        .log("this server was away for too long: its sessions and leases are dropped");
  }

  /** The number of this start; for tests. */
  long start() {
    return standing.start();
  }

  /** The number of ids in the table: live leases, and ended ones that are remembered; for tests. */
  int remembered() {
    return register.remembered();
  }

  /** The number of leases and sessions in the wheels; for tests. */
  int filed() {
    return register.filed() + sessionRegister.filed();
  }
}
