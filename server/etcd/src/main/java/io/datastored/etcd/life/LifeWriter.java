package io.datastored.etcd.life;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.protobuf.ByteString;
import io.datastored.etcd.client.Compare;
import io.datastored.etcd.client.EtcdClient;
import io.datastored.etcd.client.EtcdException;
import io.datastored.etcd.client.EtcdException.Kind;
import io.datastored.etcd.client.EtcdLease;
import io.datastored.etcd.client.KeyValue;
import io.datastored.etcd.client.Op;
import io.datastored.etcd.client.RangeQuery;
import io.datastored.etcd.client.Txn;
import io.datastored.etcd.client.TxnResult;
import io.datastored.promise.LifeId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A life writer makes all writes of a life, one after the other. Thread-safe: its lock is held
 * until a write has an answer; what others read is in volatile fields that are written under it.
 *
 * <p>Each write has the whole value of what it puts, and compares the last revision of both keys.
 * So one without an answer is sent again under the same condition: of the two, only one is done,
 * and both say the same. And a late one can no longer be done after the next one: it would wipe
 * what that one has announced.
 */
final class LifeWriter {

  private static final Logger log = LoggerFactory.getLogger(LifeWriter.class);

  private final EtcdClient etcd;
  private final LifeOptions options;
  private final RandomGenerator random;

  /** For how long the longest promise may be kept; the record in etcd says at least this. */
  private volatile Duration promised = Duration.ZERO;

  private volatile @Nullable Membership member;
  private volatile @Nullable EtcdLease lease;

  /** Whether etcd has what is served. */
  private volatile boolean announced;

  /** The life whose registration may have been done. */
  @GuardedBy("this")
  private @Nullable LifeId registering;

  @GuardedBy("this")
  private LifeRecord record;

  @GuardedBy("this")
  private Optional<Applied> applied = Optional.empty();

  /** The revision of the last write of the record that is known. */
  @GuardedBy("this")
  private long recordModified;

  /** The revision of the last write of the presence that is known; 0: it is not there. */
  @GuardedBy("this")
  private long presenceModified;

  /** What became of a write. */
  enum Written {
    DONE,
    /** Nothing was written: the presence is gone, and must be put back first. */
    SILENT,
    /** Nothing was written: the record is gone, so the life is over. */
    OVER
  }

  /** What a write puts or deletes. */
  private enum What {
    RECORD,
    PRESENCE,
    /** Both, also if the presence is gone. */
    BACK,
    /** The end: no presence, and no record if nothing is left to wait for. */
    END
  }

  LifeWriter(EtcdClient etcd, LifeOptions options, RandomGenerator random) {
    this.etcd = etcd;
    this.options = options;
    this.random = random;
    this.record = options.record();
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
    record = options.record();
    applied = Optional.empty();
    // After a failure, the same one: if it is there already, nobody has to wait for it.
    LifeId life = registering == null ? LifeId.random(random) : registering;
    registering = life;
    EtcdLease with = lease == null ? etcd.grant(options.authority()) : lease;
    lease = with;
    Membership none = new Membership(life, 0, 0);
    TxnResult result;
    try {
      result =
          etcd.commit(
              Txn.when(none.hasRecord(options.keys()), none.hasPresence(options.keys()))
                  .then(putRecord(life), putPresence(life, with))
                  .otherwise(queries(life))
                  .repeatable());
    } catch (EtcdException e) {
      if (e.kind() == Kind.LEASE_ENDED) {
        lease = null;
      }
      throw e;
    }
    registering = null;
    long revision = result.revision();
    if (result.succeeded()) {
      recordModified = revision;
      presenceModified = revision;
    } else {
      recordModified = result.ranges().get(0).first().map(KeyValue::createRevision).orElse(0L);
      presenceModified = result.ranges().get(1).first().map(KeyValue::createRevision).orElse(0L);
    }
    member = new Membership(life, recordModified, presenceModified);
    log.atInfo()
        .addKeyValue("life", life)
        .addKeyValue("prefix", options.keys().prefix())
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
    if (kept.compareTo(record.longest()) > 0) {
      record = record.promising(kept);
    }
    return write(What.RECORD);
  }

  /** Announces what is served. Call it after that is served, and never with an earlier commit. */
  synchronized Written acknowledge(Applied commit) throws EtcdException {
    // Remembered even if it cannot be written now: it is in what is put back.
    applied = Optional.of(commit);
    announced = false;
    return write(What.PRESENCE);
  }

  /** Announces what is served, if that has not been possible so far. */
  Written announce() throws EtcdException {
    if (announced) {
      return Written.DONE;
    }
    synchronized (this) {
      return write(What.PRESENCE);
    }
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
   * @param kept how long its promises are still relied on; zero: there are none
   */
  synchronized Written leave(Duration kept) throws EtcdException {
    promised = Duration.ZERO;
    record = record.left(kept);
    Written written = write(What.END);
    forget();
    return written;
  }

  /** Forgets a life that is over. */
  synchronized void forget() {
    promised = Duration.ZERO;
    member = null;
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
  private Op putRecord(LifeId life) {
    return Op.put(options.keys().record(life), record.write());
  }

  @GuardedBy("this")
  private Op putPresence(LifeId life, EtcdLease with) {
    return Op.put(
        options.keys().presence(life),
        ByteString.copyFromUtf8(options.presence(applied)),
        with.id());
  }

  private List<Op> queries(LifeId life) {
    return List.of(
        Op.get(RangeQuery.of(options.keys().record(life))),
        Op.get(RangeQuery.of(options.keys().presence(life))));
  }

  @GuardedBy("this")
  private Written write(What what) throws EtcdException {
    EtcdException unanswered = null;
    // Once more than it may stay without an answer: a copy that finds the first one done.
    for (int sent = 0; sent <= options.attempts(); sent++) {
      Membership me = member;
      EtcdLease with = lease;
      if (me == null || with == null) {
        return Written.OVER;
      }
      if (presenceModified == 0 && (what == What.RECORD || what == What.PRESENCE)) {
        return Written.SILENT;
      }
      try {
        TxnResult result = etcd.commit(txn(me, with, what));
        Optional<Written> outcome =
            result.succeeded() ? done(me, what, result.revision()) : refused(me, result);
        if (outcome.isPresent()) {
          return outcome.get();
        }
      } catch (EtcdException e) {
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
  private Txn txn(Membership me, EtcdLease with, What what) {
    LifeKeys keys = options.keys();
    Op record =
        what == What.END && this.record.longest().isZero()
            ? Op.delete(keys.record(me.life()))
            : putRecord(me.life());
    List<Op> ops =
        switch (what) {
          case RECORD -> List.of(record);
          case PRESENCE -> List.of(putPresence(me.life(), with));
          case BACK -> List.of(record, putPresence(me.life(), with));
          case END -> List.of(record, Op.delete(keys.presence(me.life())));
        };
    return Txn.when(
            me.hasRecord(keys),
            Compare.modEquals(keys.record(me.life()), recordModified),
            Compare.modEquals(keys.presence(me.life()), presenceModified))
        .then(ops)
        .otherwise(queries(me.life()));
  }

  @GuardedBy("this")
  private Optional<Written> done(Membership me, What what, long revision) {
    if (what != What.PRESENCE) {
      recordModified = revision;
      promised = what == What.END ? Duration.ZERO : record.longest();
    }
    if (what == What.BACK && presenceModified == 0) {
      member = new Membership(me.life(), me.record(), revision);
    }
    if (what == What.PRESENCE || what == What.BACK) {
      presenceModified = revision;
      announced = true;
    }
    return Optional.of(Written.DONE);
  }

  /**
   * Takes over what is there: another write of this life was done that had no answer, or a key is
   * gone.
   *
   * @return empty if the write is to be sent under the new condition
   */
  @GuardedBy("this")
  private Optional<Written> refused(Membership me, TxnResult result) {
    Optional<KeyValue> found =
        result.ranges().get(0).first().filter(there -> there.createRevision() == me.record());
    Optional<KeyValue> presence = result.ranges().get(1).first();
    if (found.isEmpty()) {
      return Optional.of(Written.OVER);
    }
    recordModified = found.get().modRevision();
    presenceModified = presence.map(KeyValue::modRevision).orElse(0L);
    presence.ifPresent(
        there -> member = new Membership(me.life(), me.record(), there.createRevision()));
    return Optional.empty();
  }
}
