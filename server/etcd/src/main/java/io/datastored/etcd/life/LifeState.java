package io.datastored.etcd.life;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.ByteString;
import io.datastored.etcd.client.Compare;
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

/**
 * A life state is what a life says of itself, and what etcd is known to have of it. Confined to the
 * lock of the life's writer.
 *
 * <p>A write has one step or several. Each puts the record or the presence and compares the last
 * revision of both, so that of two copies only one is done, and none after a later step: a late
 * deletion of a key of work would wipe what a take-over has announced since. What the presence
 * acknowledges is in the last step, when etcd has all keys of work.
 */
final class LifeState {

  private final LifeOptions options;
  private final LifeKeys keys;
  private final OwnKeys own = new OwnKeys();
  private LifeRecord record;

  /** What is served. */
  private Optional<Applied> applied = Optional.empty();

  /** What the presence says. */
  private Optional<Applied> acknowledged = Optional.empty();

  /** The revision of the last write of the record that is known. */
  private long recordModified;

  /** The revision of the last write of the presence that is known; 0: it is not there. */
  private long presenceModified;

  LifeState(LifeOptions options) {
    this.options = options;
    this.keys = options.keys();
    this.record = options.record();
  }

  /** What a write puts or deletes. */
  enum What {
    RECORD,
    /** The presence, and the own keys. */
    PRESENCE,
    /** All of them, also if the presence is gone. */
    BACK,
    /** The end: no presence, and no record if nothing is left to wait for. */
    END
  }

  /**
   * A step of a write.
   *
   * @param last whether the write is done with it
   */
  record Step(What what, ImmutableList<OwnKeys.Change> changes, boolean last) {}

  /** A new life that has promised and announced nothing. */
  void begin() {
    record = options.record();
    applied = Optional.empty();
    acknowledged = Optional.empty();
    own.clear();
  }

  /** The first transaction of a life. */
  Txn registration(LifeId life, EtcdLease with) {
    Membership none = new Membership(life, 0, 0);
    return Txn.when(none.hasRecord(keys), none.hasPresence(keys))
        .then(putRecord(life), putPresence(life, with, Optional.empty()))
        .otherwise(queries(life))
        .repeatable();
  }

  /** Both keys are there, since now or since an earlier copy of the registration. */
  Membership registered(LifeId life, TxnResult result) {
    recordModified = result.succeeded() ? result.revision() : createdAt(result, 0);
    presenceModified = result.succeeded() ? result.revision() : createdAt(result, 1);
    return new Membership(life, recordModified, presenceModified);
  }

  private static long createdAt(TxnResult result, int query) {
    return result.ranges().get(query).first().map(KeyValue::createRevision).orElse(0L);
  }

  LifeRecord record() {
    return record;
  }

  void say(LifeRecord other) {
    record = other;
  }

  /** Takes over what is served. Of two that report it at once, the earlier commit may come last. */
  void serve(Applied commit) {
    if (applied.filter(later -> later.generation().isAfter(commit.generation())).isEmpty()) {
      applied = Optional.of(commit);
    }
  }

  OwnKeys own() {
    return own;
  }

  /** Whether the presence is not there, as far as is known. */
  boolean isSilent() {
    return presenceModified == 0;
  }

  /** Whether etcd has what is served, and all own keys. */
  boolean isAnnounced() {
    return acknowledged.equals(applied) && own.missing().equals(OwnKeys.Part.NOTHING);
  }

  Step next(What what) {
    OwnKeys.Part part =
        switch (what) {
          case RECORD -> OwnKeys.Part.NOTHING;
          case PRESENCE, BACK, END -> own.missing();
        };
    // What is not deleted at the end goes with the lease.
    return new Step(what, part.changes(), part.all() || what == What.END);
  }

  /**
   * The transaction of a step.
   *
   * @param when more conditions
   */
  Txn txn(Membership me, EtcdLease with, Step step, List<Compare> when) {
    ImmutableList.Builder<Op> ops = ImmutableList.builder();
    step.changes().forEach(change -> ops.add(change.op(with.id())));
    switch (step.what()) {
      case RECORD -> ops.add(putRecord(me.life()));
      case PRESENCE -> ops.add(putPresence(me.life(), with, said(step)));
      case BACK -> ops.addAll(back(me, with, step));
      case END ->
          ops.add(
              record.longest().isZero() ? Op.delete(keys.record(me.life())) : putRecord(me.life()),
              Op.delete(keys.presence(me.life())));
    }
    return Txn.when(
            ImmutableList.<Compare>builder()
                .add(
                    me.hasRecord(keys),
                    Compare.modEquals(keys.record(me.life()), recordModified),
                    Compare.modEquals(keys.presence(me.life()), presenceModified))
                .addAll(when)
                .build())
        .then(ops.build())
        .otherwise(queries(me.life()));
  }

  /** Each step writes the record, so that no wait which has begun counts through. */
  private ImmutableList<Op> back(Membership me, EtcdLease with, Step step) {
    return step.last()
        ? ImmutableList.of(putRecord(me.life()), putPresence(me.life(), with, said(step)))
        : ImmutableList.of(putRecord(me.life()));
  }

  /**
   * What the presence acknowledges: a commit only with or after all work that its modes refuse. In
   * the other order a drain could look in between, and miss that work.
   */
  private Optional<Applied> said(Step step) {
    return step.last() ? applied : acknowledged;
  }

  private Op putRecord(LifeId life) {
    return Op.put(keys.record(life), record.write());
  }

  private Op putPresence(LifeId life, EtcdLease with, Optional<Applied> said) {
    return Op.put(keys.presence(life), ByteString.copyFromUtf8(options.presence(said)), with.id());
  }

  private List<Op> queries(LifeId life) {
    return List.of(
        Op.get(RangeQuery.of(keys.record(life))), Op.get(RangeQuery.of(keys.presence(life))));
  }

  /** Takes over that a step was done; the membership after it. */
  Membership done(Membership me, Step step, long revision) {
    own.done(step.changes());
    boolean presence = step.what() == What.PRESENCE || step.what() == What.BACK && step.last();
    Membership after =
        presence && isSilent() ? new Membership(me.life(), me.record(), revision) : me;
    if (step.what() != What.PRESENCE) {
      recordModified = revision;
    }
    if (presence) {
      acknowledged = said(step);
      presenceModified = revision;
    }
    return after;
  }

  /** Whether both keys are as they are known to be. */
  boolean isAt(KeyValue foundRecord, Optional<KeyValue> foundPresence) {
    return foundRecord.modRevision() == recordModified
        && foundPresence.map(KeyValue::modRevision).orElse(0L) == presenceModified;
  }

  /** Takes over what is there after a write without an answer, or after a loss. */
  Membership found(Membership me, KeyValue foundRecord, Optional<KeyValue> foundPresence) {
    recordModified = foundRecord.modRevision();
    presenceModified = foundPresence.map(KeyValue::modRevision).orElse(0L);
    acknowledged = foundPresence.flatMap(found -> Applied.in(found.text()));
    if (foundPresence.isEmpty()) {
      own.lost();
    }
    return foundPresence
        .map(found -> new Membership(me.life(), me.record(), found.createRevision()))
        .orElse(me);
  }

  /** For how long the longest promise may be kept, as the record says. */
  Duration longest() {
    return record.longest();
  }
}
