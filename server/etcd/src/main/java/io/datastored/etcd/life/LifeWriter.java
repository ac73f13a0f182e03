package io.datastored.etcd.life;

import com.google.common.collect.Comparators;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.config.DatastoreName;
import io.datastored.etcd.client.Compare;
import io.datastored.etcd.client.EtcdClient;
import io.datastored.etcd.client.EtcdException;
import io.datastored.etcd.client.EtcdException.Kind;
import io.datastored.etcd.client.EtcdLease;
import io.datastored.etcd.client.KeyValue;
import io.datastored.etcd.client.TxnResult;
import io.datastored.etcd.life.LifeState.Step;
import io.datastored.etcd.life.LifeState.What;
import io.datastored.promise.LifeId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A life writer makes all writes of a life, one after the other. Thread-safe: its lock is held
 * until a write has an answer; what others read is in volatile fields that are written under it.
 *
 * <p>Each write has the whole value of what it puts, and compares the last revision of both keys,
 * one of which it puts. So one without an answer is sent again under the same condition: of the
 * two, only one is done, and both say the same. And a late one can no longer be done after the next
 * one: it would wipe what that one has announced.
 */
final class LifeWriter {

  private static final Logger log = LoggerFactory.getLogger(LifeWriter.class);

  private final EtcdClient etcd;
  private final LifeOptions options;
  private final LifeKeys keys;
  private final RandomGenerator random;
  private final OwnWork work;

  /** For how long the longest promise may be kept; the record in etcd says at least this. */
  private volatile Duration promised = Duration.ZERO;

  private volatile @Nullable Membership member;
  private volatile @Nullable EtcdLease lease;

  /** Whether etcd has what is served, and all own keys. */
  private volatile boolean announced;

  /** The life whose registration may have been done. */
  @GuardedBy("this")
  private @Nullable LifeId registering;

  @GuardedBy("this")
  private final LifeState state;

  /** What became of a write. */
  enum Written {
    DONE,
    /** Nothing was written: the presence is gone, and must be put back first. */
    SILENT,
    /** Nothing was written: a condition of the caller does not hold. */
    REFUSED,
    /** Nothing was written: the record is gone, so the life is over. */
    OVER
  }

  LifeWriter(EtcdClient etcd, LifeOptions options, RandomGenerator random, OwnWork work) {
    this.etcd = etcd;
    this.options = options;
    this.keys = options.keys();
    this.random = random;
    this.work = work;
    this.state = new LifeState(options);
  }

  /** The keys of the present life; null before the first one, and between two. */
  @Nullable Membership member() {
    return member;
  }

  /** For how long the longest promise may be kept. From memory. */
  Duration promised() {
    return promised;
  }

  /**
   * Begins a life that has promised nothing.
   *
   * @return the revision at which it began: what is loaded must be of that revision or a later one
   */
  synchronized long register() throws EtcdException {
    state.begin();
    // After a failure, the same one: if it is there already, nobody has to wait for it.
    LifeId life = registering == null ? LifeId.random(random) : registering;
    registering = life;
    EtcdLease with = lease == null ? etcd.grant(options.authority()) : lease;
    lease = with;
    TxnResult result;
    try {
      result = etcd.commit(state.registration(life, with));
    } catch (EtcdException e) {
      if (e.kind() == Kind.LEASE_ENDED) {
        lease = null;
      }
      throw e;
    }
    registering = null;
    long revision = result.revision();
    member = state.registered(life, result);
    log.atInfo()
        .addKeyValue("life", life)
        .addKeyValue("prefix", keys.prefix())
        .log("a life of this server has begun");
    return revision;
  }

  /**
   * Announces promises that are kept this long, before the first of them is made.
   *
   * @throws EtcdException also when it is not known whether etcd knows it; then none may be made
   */
  synchronized Written promise(Duration kept) throws EtcdException {
    if (kept.compareTo(promised) <= 0) {
      return Written.DONE;
    }
    // It stays raised if this fails: the write may be done later, and to wait longer is safe.
    if (kept.compareTo(state.longest()) > 0) {
      state.say(state.record().promising(kept));
    }
    return write(What.RECORD);
  }

  /**
   * Announces that no longer promise is out than these.
   *
   * @param out for how long the longest one is kept
   * @throws EtcdException when it is not known whether etcd knows it; no longer one is allowed
   */
  synchronized Written lower(Supplier<Duration> out) throws EtcdException {
    // Nothing longer is allowed, and then what is out is looked at: see PromiseBook.allows.
    promised = Comparators.min(promised, out.get());
    state.say(state.record().promising(Comparators.max(promised, out.get())));
    return write(What.RECORD);
  }

  /**
   * Announces what is served, and before it the work that its modes refuse. Call it after that is
   * served, and never with an earlier commit.
   */
  synchronized Written acknowledge(Applied commit) throws EtcdException {
    // Remembered even if it cannot be written now: it is in what is put back.
    state.serve(commit);
    count();
    return write(What.PRESENCE);
  }

  /** Announces the work, if others must know of a change of it. */
  synchronized Written publish() throws EtcdException {
    count();
    return announced ? Written.DONE : write(What.PRESENCE);
  }

  /**
   * Announces a lease that is about to be counted, under the conditions that nothing has changed by
   * which it would be refused; it must be held as {@link OwnWork}.
   */
  synchronized Written takeOver(List<Compare> when) throws EtcdException {
    count();
    return write(What.PRESENCE, when);
  }

  /** Announces for which datastores somebody waits here; they are asked for under the lock. */
  synchronized Written ask(Supplier<ImmutableSet<DatastoreName>> waited) throws EtcdException {
    Membership me = member;
    if (me == null) {
      return Written.OVER;
    }
    state.own().want(keys.allAsks(), keys.asks(waited.get(), me.life()));
    announced = state.isAnnounced();
    return announced ? Written.DONE : write(What.PRESENCE);
  }

  @GuardedBy("this")
  private void count() {
    Membership me = member;
    if (me != null) {
      work.count(me.life(), state.own());
    }
    announced = state.isAnnounced();
  }

  /** Announces what has not been announced, if anything. */
  Written announce() throws EtcdException {
    if (announced) {
      return Written.DONE;
    }
    return publish();
  }

  /**
   * Puts the presence back that etcd has ended. In the same transaction it writes the record, so
   * that no wait which has begun counts through: the presence may be lost again at once.
   */
  synchronized Written putBack() throws EtcdException {
    try {
      return write(What.BACK);
    } catch (EtcdException e) {
      if (e.kind() != Kind.LEASE_ENDED) {
        throw e;
      }
      lease = etcd.grant(options.authority());
      return write(What.BACK);
    }
  }

  /**
   * Says that this life has stopped in order. Its authority must have ended.
   *
   * @param out whether any promise of it is still relied on: then all are waited for
   */
  synchronized Written leave(Outstanding out) throws EtcdException {
    promised = Duration.ZERO;
    state.say(state.record().left(out == Outstanding.NONE ? Duration.ZERO : state.longest()));
    state.own().want(keys.prefix(), ImmutableMap.of());
    Written written = write(What.END);
    forget();
    return written;
  }

  /** Writes nothing any more: what is announced stays until the lease in etcd ends. Idempotent. */
  synchronized void close() {
    promised = Duration.ZERO;
    member = null;
  }

  /** Forgets a life that is over. */
  synchronized void forget() {
    promised = Duration.ZERO;
    member = null;
    state.own().clear();
    EtcdLease last = lease;
    lease = null;
    try {
      if (last != null) {
        last.revoke();
      }
    } catch (EtcdException e) {
      // It ends by itself, and with it a presence that has no record any more.
      log.atDebug().log("a lease of etcd is left to end by itself: {}", e.getMessage());
    }
  }

  /** Renews the lease in etcd, without waiting for a write; false if it has ended. */
  boolean keepLease() throws EtcdException {
    EtcdLease present = lease;
    return present != null && present.keepAlive();
  }

  @GuardedBy("this")
  private Written write(What what) throws EtcdException {
    return write(what, ImmutableList.of());
  }

  @GuardedBy("this")
  private Written write(What what, List<Compare> when) throws EtcdException {
    EtcdException unanswered = null;
    // Once more than it may stay without an answer: a copy that finds the first one done.
    for (int sent = 0; sent <= options.attempts(); sent++) {
      Membership me = member;
      EtcdLease with = lease;
      if (me == null || with == null) {
        return Written.OVER;
      }
      if (state.isSilent() && (what == What.RECORD || what == What.PRESENCE)) {
        return Written.SILENT;
      }
      Step step = state.next(what);
      List<Compare> conditions = step.last() ? when : List.of();
      try {
        TxnResult result = etcd.commit(state.txn(me, with, step, conditions));
        if (result.succeeded()) {
          done(me, step, result.revision());
          if (step.last()) {
            return Written.DONE;
          }
          sent = -1;
        } else {
          Optional<Written> outcome = refused(me, result, conditions);
          if (outcome.isPresent()) {
            return outcome.get();
          }
        }
      } catch (EtcdException e) {
        state.own().unanswered(step.changes());
        announced = false;
        if (e.kind() != Kind.OUTCOME_UNKNOWN) {
          throw e;
        }
        unanswered = e;
      }
    }
    if (unanswered != null) {
      throw unanswered;
    }
    return Written.SILENT;
  }

  @GuardedBy("this")
  private void done(Membership me, Step step, long revision) {
    member = state.done(me, step, revision);
    if (step.what() != What.PRESENCE) {
      promised = step.what() == What.END ? Duration.ZERO : state.longest();
    }
    announced = state.isAnnounced();
  }

  /**
   * Takes over what is there: another write of this life was done that had no answer, or a key is
   * gone.
   *
   * @return empty if the write is to be sent under the new condition
   */
  @GuardedBy("this")
  private Optional<Written> refused(Membership me, TxnResult result, List<Compare> conditions) {
    Optional<KeyValue> found =
        result.ranges().get(0).first().filter(there -> there.createRevision() == me.record());
    Optional<KeyValue> presence = result.ranges().get(1).first();
    if (found.isEmpty()) {
      return Optional.of(Written.OVER);
    }
    if (!conditions.isEmpty() && state.isAt(found.get(), presence)) {
      return Optional.of(Written.REFUSED);
    }
    member = state.found(me, found.get(), presence);
    announced = state.isAnnounced();
    return Optional.empty();
  }
}
