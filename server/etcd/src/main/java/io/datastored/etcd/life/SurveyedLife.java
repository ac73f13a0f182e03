package io.datastored.etcd.life;

import io.datastored.etcd.client.Compare;
import io.datastored.etcd.client.KeyValue;
import io.datastored.promise.ClockSlack;
import io.datastored.promise.LifeId;
import io.datastored.promise.Replica;
import java.time.Duration;
import java.util.Optional;

/**
 * A surveyed life is one life of a server, as it was found in etcd. Immutable.
 *
 * @param record how long it is waited for; empty: there is none, or it cannot be read
 * @param modified the revision of the record's last write; 0: there is none
 * @param presence what it says of itself; empty: it is not there
 */
public record SurveyedLife(
    LifeId life, Optional<LifeRecord> record, long modified, Optional<String> presence) {

  static SurveyedLife of(LifeId life, Optional<KeyValue> record, Optional<KeyValue> presence) {
    Optional<LifeRecord> read;
    try {
      read = record.map(found -> LifeRecord.read(found.text()));
    } catch (IllegalArgumentException e) {
      read = Optional.empty();
    }
    return new SurveyedLife(
        life, read, record.map(KeyValue::modRevision).orElse(0L), presence.map(KeyValue::text));
  }

  /** The name of its server. */
  public String replica() {
    return record.map(LifeRecord::replica).orElse("unknown");
  }

  /** What has become of it. */
  public Replica.State state() {
    return LifeRecord.state(record, presence.isPresent());
  }

  /** The last commit that it has acknowledged. */
  public Optional<Applied> applied() {
    return presence.flatMap(Applied::in);
  }

  /** A line of what it says of itself, such as {@code version}. */
  public Optional<String> said(String word) {
    return presence
        .flatMap(text -> text.lines().filter(line -> line.startsWith(word + " ")).findFirst())
        .map(line -> line.substring(word.length() + 1));
  }

  /**
   * How long it is waited for from when it fell silent; empty: until an operator decides, since its
   * record cannot be read.
   */
  public Optional<Duration> wait(ClockSlack slack) {
    return record.map(found -> found.wait(slack));
  }

  /** The record is what was found, and the server has not come back. */
  Compare[] isSilent(LifeKeys keys) {
    return new Compare[] {
      Compare.modEquals(keys.record(life), modified), Compare.absent(keys.presence(life))
    };
  }
}
