package io.datastored.etcd.life;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.Comparators;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.datastored.etcd.client.Compare;
import io.datastored.etcd.client.EtcdClient;
import io.datastored.etcd.client.EtcdException;
import io.datastored.etcd.client.KeyValue;
import io.datastored.etcd.client.Op;
import io.datastored.etcd.client.Txn;
import io.datastored.etcd.client.TxnResult;
import io.datastored.promise.ClockSlack;
import io.datastored.promise.LifeId;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A silence is the waiting for lives of which nothing is heard. Thread-safe: one thread looks and
 * ends waits; readers see one immutable map through one volatile field.
 *
 * <p>A wait begins when this server learns that a presence is gone, by its own monotonic clock, and
 * so never too early: the presence was there when the last pulse of that life was done. It ends by
 * the same clock, under the condition that the record is the one of the beginning. A life that was
 * away and came back has written its record, so a wait over an interrupted absence ends nothing.
 */
public final class Silence {

  private static final Logger log = LoggerFactory.getLogger(Silence.class);

  private final LifeKeys keys;
  private final ClockSlack slack;

  private volatile ImmutableMap<LifeId, Wait> waits = ImmutableMap.of();

  /**
   * One wait.
   *
   * @param modified the revision of the record when it began
   * @param beganAt a reading of the clock
   * @param lasts empty: the record cannot be read, so it is waited for until an operator decides
   */
  private record Wait(String replica, long modified, long beganAt, Optional<Duration> lasts) {

    Optional<Duration> left(long now) {
      return lasts.map(whole -> whole.minusNanos(now - beganAt));
    }

    boolean isOver(long now) {
      return left(now).filter(left -> left.isNegative() || left.isZero()).isPresent();
    }
  }

  /**
   * A life that is waited for.
   *
   * @param replica the name of its server
   * @param left the longest time until it is counted as gone; empty: until an operator decides
   */
  public record Silent(LifeId life, String replica, Optional<Duration> left) {}

  Silence(LifeKeys keys, ClockSlack slack) {
    this.keys = keys;
    this.slack = slack;
  }

  /**
   * Takes over what a transaction has found.
   *
   * @param me the life of this server, which does not wait for itself
   * @param answeredAt a reading of the clock after its answer
   */
  void look(Lives found, LifeId me, long answeredAt) {
    ImmutableMap.Builder<LifeId, Wait> next = ImmutableMap.builder();
    for (LifeId life : found.silent()) {
      if (life.equals(me)) {
        continue;
      }
      KeyValue record = found.record(life).orElseThrow();
      Wait known = waits.get(life);
      next.put(
          life,
          known != null && known.modified == record.modRevision()
              ? known
              : begin(life, record, answeredAt));
    }
    waits = next.buildOrThrow();
  }

  private Wait begin(LifeId life, KeyValue record, long now) {
    try {
      LifeRecord read = LifeRecord.read(record.text());
      Duration lasts = read.wait(slack);
      log.atWarn()
          .addKeyValue("replica", read.replica())
          .addKeyValue("life", life)
          .addKeyValue("at_most", lasts)
          .log("a server is silent: what it has promised is waited for");
      return new Wait(read.replica(), record.modRevision(), now, Optional.of(lasts));
    } catch (IllegalArgumentException e) {
      log.atError()
          .addKeyValue("key", record.key())
          .log(
              "the record of a life cannot be read ({}), so its end is not known; when its server"
                  + " has stopped, delete the key",
              e.getMessage());
      return new Wait("unknown", record.modRevision(), now, Optional.empty());
    }
  }

  /** The lives that are waited for, as they were found last. From memory. */
  public ImmutableList<Silent> now(long ticks) {
    return waits.entrySet().stream()
        .map(
            each ->
                new Silent(
                    each.getKey(),
                    each.getValue().replica,
                    // Over, but the next pulse has to say so.
                    each.getValue().left(ticks).map(left -> Comparators.max(left, Duration.ZERO))))
        .collect(toImmutableList());
  }

  /** For how long a life has been waited for; empty if it is not. From memory. */
  Optional<Duration> lasted(LifeId life, long ticks) {
    return Optional.ofNullable(waits.get(life)).map(wait -> Duration.ofNanos(ticks - wait.beganAt));
  }

  /** Deletes the records of the lives whose wait is over. */
  void endWaits(EtcdClient etcd, long now) throws EtcdException {
    for (var each : waits.entrySet()) {
      if (each.getValue().isOver(now)) {
        end(etcd, each.getKey(), each.getValue());
      }
    }
  }

  private void end(EtcdClient etcd, LifeId life, Wait wait) throws EtcdException {
    // Another server may do the same, and a second time it fails: either way the record is gone,
    // or the next look finds why it is not.
    TxnResult result =
        etcd.commit(
            Txn.when(
                    Compare.modEquals(keys.record(life), wait.modified),
                    Compare.absent(keys.presence(life)))
                .then(Op.delete(keys.record(life)))
                .repeatable());
    if (result.succeeded()) {
      log.atInfo()
          .addKeyValue("replica", wait.replica)
          .addKeyValue("life", life)
          .log("nothing that a silent server has promised is relied on any more");
    }
  }
}
