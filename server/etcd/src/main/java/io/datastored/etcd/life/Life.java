package io.datastored.etcd.life;

import com.google.common.base.Ticker;
import com.google.common.collect.ImmutableList;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.config.DatastoreName;
import io.datastored.etcd.client.EtcdClient;
import io.datastored.etcd.client.EtcdException;
import io.datastored.etcd.history.HeadComparison;
import io.datastored.etcd.history.HeadComparison.Line;
import io.datastored.etcd.life.LifeWriter.Written;
import io.datastored.etcd.life.Pulse.Found;
import io.datastored.file.StoreException;
import io.datastored.promise.LifeId;
import io.datastored.promise.RenewedAuthority;
import io.datastored.promise.Tally;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A life is this server as etcd knows it, from its registration to its end; then the next one
 * begins. Thread-safe: one beat at a time, under the lock.
 *
 * <p>The order of a beginning: registered → loaded → acknowledged → found by a pulse; only from
 * then on it has authority. The order of an end: authority ended → everything dropped → the next
 * one registered. If only the presence is gone, it is put back, and nothing is dropped.
 */
public final class Life implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Life.class);

  private final EtcdClient etcd;
  private final LifeOptions options;
  private final Ticker ticker;
  private final RenewedAuthority authority;
  private final LifeWriter writer;
  private final Announcements announcements;
  private final Pulse pulse;
  private final Silence silence;
  private final LifeListener listener;

  /** Written under the lock. */
  private volatile Phase phase = Phase.UNREGISTERED;

  /** The revision at which the present life began. */
  @GuardedBy("this")
  private long registeredAt;

  @GuardedBy("this")
  private final EtcdContact contact;

  final Tally<LifeEnd> ends = new Tally<>(LifeEnd.class);

  private volatile @Nullable ScheduledExecutorService thread;

  /** What the next beat has to do. */
  private enum Phase {
    UNREGISTERED,
    REGISTERED,
    SERVING,
    OVER,
    /** Its history is not the one in etcd: it waits for an operator. */
    LOST,
    LEFT
  }

  /**
   * A life that has not begun.
   *
   * @param etcd is not closed with it
   * @param ticker monotonic time
   * @param wallClock only shows whether the host was suspended
   * @param random the source of ids
   * @param asked whether somebody waits for a drain of a datastore
   */
  public Life(
      EtcdClient etcd,
      LifeOptions options,
      Ticker ticker,
      InstantSource wallClock,
      RandomGenerator random,
      LifeListener listener,
      Predicate<DatastoreName> asked) {
    this.etcd = etcd;
    this.options = options;
    this.ticker = ticker;
    this.authority = new RenewedAuthority(options.authority(), ticker, wallClock);
    OwnWork work = new OwnWork(options.keys(), listener, asked);
    this.writer = new LifeWriter(etcd, options, random, work);
    this.announcements = new Announcements(writer, work, options.keys(), options.slack());
    this.pulse = new Pulse(etcd, options.keys(), authority);
    this.silence = new Silence(options.keys(), options.slack());
    this.contact = new EtcdContact(options.keys());
    this.listener = listener;
  }

  /** Lets it beat by itself, on a thread of its own, from now on. */
  public void start() {
    ScheduledExecutorService started =
        Executors.newSingleThreadScheduledExecutor(
            new ThreadFactoryBuilder().setDaemon(true).setNameFormat("datastored-life").build());
    thread = started;
    schedule(started, Duration.ZERO);
  }

  private void schedule(ScheduledExecutorService on, Duration delay) {
    try {
      var unused = on.schedule(() -> run(on), delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      log.atDebug().log("no further beat after the end");
    }
  }

  private void run(ScheduledExecutorService on) {
    Duration next = options.retry();
    try {
      next = beat();
    } catch (Throwable e) {
      // A bug, or no memory. Without further beats the authority would end for good.
      log.atError().setCause(e).log("a beat of the life of this server failed");
    }
    schedule(on, next);
  }

  /** By whose right this server promises: it holds while it is heard of. */
  public RenewedAuthority authority() {
    return authority;
  }

  /** Whether nothing is promised until an operator has acted. */
  public boolean isLost() {
    return phase == Phase.LOST;
  }

  /** The other lives that are waited for. From memory. */
  public ImmutableList<Silence.Silent> silent() {
    return silence.now(ticker.read());
  }

  /** For how long another life has been waited for; empty if it is not. From memory. */
  Optional<Duration> silentFor(LifeId life) {
    return silence.lasted(life, ticker.read());
  }

  /** Whether promises of this ttl were announced. From memory. */
  public boolean allows(Duration ttl) {
    return announcements.allows(ttl);
  }

  /**
   * Announces promises of this ttl; others wait for them from then on.
   *
   * @throws StoreException when it cannot be written; then none may be made
   */
  public void promise(Duration ttl) throws StoreException {
    announcements.promise(ttl);
  }

  /**
   * Announces that a commit is served. Call it after it is served.
   *
   * @throws StoreException when it cannot be written now; it is in what is written next
   */
  public void acknowledge(Applied applied) throws StoreException {
    announcements.acknowledge(applied);
  }

  /** What else is announced. */
  Announcements announcements() {
    return announcements;
  }

  /**
   * Does what is next: registers, loads, or proves that this life is still there.
   *
   * @return when to call it again
   */
  synchronized Duration beat() {
    try {
      Duration next =
          switch (phase) {
            case UNREGISTERED -> register();
            case REGISTERED -> serve();
            case SERVING -> pulse();
            case OVER -> end();
            case LOST -> {
              listener.lost();
              yield options.pulse();
            }
            case LEFT -> options.pulse();
          };
      contact.kept();
      return next;
    } catch (EtcdException | StoreException e) {
      return contact.failed(e) ? options.pulse() : options.retry();
    }
  }

  @GuardedBy("this")
  private Duration register() throws EtcdException {
    registeredAt = writer.register();
    phase = Phase.REGISTERED;
    return Duration.ZERO;
  }

  @GuardedBy("this")
  private Duration serve() throws EtcdException, StoreException {
    // Registered, then loaded. In the other order a drain could set a mode and end in between,
    // without this life, which would then grant what the mode refuses.
    Applied applied;
    try {
      applied = listener.load(registeredAt);
    } catch (StoreException e) {
      // Etcd was set back to a time before the life that was served.
      if (listener.compare().line(Optional.empty()) == Line.LOST) {
        return lost();
      }
      throw e;
    }
    phase =
        switch (writer.acknowledge(applied)) {
          case DONE -> Phase.SERVING;
          // It has promised nothing, so there is nothing to put back.
          case SILENT, REFUSED, OVER -> Phase.OVER;
        };
    return Duration.ZERO;
  }

  @GuardedBy("this")
  private Duration pulse() throws EtcdException {
    Membership me = writer.member();
    if (me == null) {
      phase = Phase.OVER;
      return Duration.ZERO;
    }
    HeadComparison.Begun comparison = listener.compare();
    Found found = pulse.send(me);
    // A reading after the answer: a wait must not begin before the absence.
    silence.look(found.lives(), me.life(), ticker.read());
    // Before anything is written: a life of another line must not acknowledge anything here.
    switch (found instanceof Found.Over ? Line.SAME : comparison.line(found.head())) {
      case SAME -> {}
      case UNKNOWN -> {
        return options.retry();
      }
      case LOST -> {
        return lost();
      }
    }
    if (found instanceof Found.Alive alive) {
      authority.renew(me.life(), alive.sent());
      boolean kept = writer.keepLease();
      // Before what is announced, which fails while etcd has no space. A deletion needs none.
      silence.endWaits(etcd, ticker.read());
      Written unused = writer.announce();
      // A lease that has ended has taken the presence along: the next pulse finds that out.
      return kept ? options.pulse() : options.retry();
    }
    Written back = found instanceof Found.Silent ? writer.putBack() : Written.OVER;
    switch (back) {
      case DONE ->
          log.atWarn()
              .addKeyValue("life", me.life())
              .log("etcd had ended the presence of this server; it was put back");
      case SILENT, REFUSED -> {
        return options.retry();
      }
      case OVER -> phase = Phase.OVER;
    }
    return Duration.ZERO;
  }

  /** Clients have seen what etcd does not have: nothing is promised until an operator has acted. */
  @GuardedBy("this")
  private Duration lost() {
    authority.end();
    log.atError()
        .addKeyValue("life", writer.member())
        .log("this server promises nothing: what it serves is not what {} has", options.keys());
    ends.add(LifeEnd.FORK);
    writer.forget();
    phase = Phase.LOST;
    return options.pulse();
  }

  @GuardedBy("this")
  private Duration end() {
    Membership me = writer.member();
    // Ended, then dropped: see Authority.
    authority.end();
    if (me != null) {
      log.atWarn()
          .addKeyValue("life", me.life())
          .log("the life of this server is over: others have stopped waiting for it");
      ends.add(LifeEnd.OVER);
      listener.over(me.life());
    }
    writer.forget();
    phase = Phase.UNREGISTERED;
    return Duration.ZERO;
  }

  /**
   * Stops in order: nothing is promised any more, and others wait only for what was promised.
   * Idempotent.
   *
   * @param out whether any promise of it is still relied on
   * @throws StoreException when it cannot be written; others then wait as for a server that died
   */
  public void leave(Outstanding out) throws StoreException {
    // First, and without the lock: an answer that is on its way must not bring it back after
    // others were told that nothing more is promised.
    authority.close();
    synchronized (this) {
      if (phase != Phase.LEFT && phase != Phase.LOST) {
        phase = Phase.LEFT;
        ends.add(LifeEnd.LEFT);
        announcements.leave(out);
      }
    }
  }

  /** Ends the beats. Others wait as for a server that died, unless it has left. Idempotent. */
  @Override
  public void close() {
    authority.close();
    writer.close();
    ScheduledExecutorService running = thread;
    if (running != null) {
      running.shutdownNow();
    }
  }
}
