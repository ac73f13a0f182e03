package io.datastored.etcd.life;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.datastored.etcd.client.KeyRange;
import io.datastored.etcd.history.KeyValues;
import io.datastored.etcd.history.KeyValues.Change;
import io.datastored.etcd.history.KeyValues.Condition;
import io.datastored.etcd.history.KeyValues.Entry;
import io.datastored.etcd.history.KeyValuesException;
import io.datastored.etcd.history.RestoredHistory.Besides;
import io.datastored.file.StoreException;
import io.datastored.promise.ClockSlack;
import io.datastored.promise.Continuations;
import io.datastored.promise.LifeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Unrecorded promises are those that a history no longer has a record of, because etcd was set back
 * since they were made. Immutable.
 *
 * <p>They are waited for as those of one more server, which has fallen silent now. Fencing tokens
 * go on above them. And what proves a lease is another one from now on: a lease of before may have
 * been drained since the backup, so it is continued only where the mode permits a new one.
 *
 * @param authority how long any server may promise without hearing from etcd
 * @param longestTtl that any server allows
 * @param tokens no fencing token at or above it was granted, if the clocks of the servers are right
 */
public record UnrecordedPromises(Duration authority, Duration longestTtl, long tokens) {

  /** The name that drains give to what is waited for. */
  static final String REPLICA = "before-the-restore";

  /** How long drains wait for them at most. */
  public Duration wait(ClockSlack slack) {
    return record(slack).wait(slack);
  }

  private LifeRecord record(ClockSlack slack) {
    return new LifeRecord(
        REPLICA, authority, Duration.ofNanos(slack.keptNanos(longestTtl)), LifeRecord.End.OPEN);
  }

  /**
   * What records them, when the history is accepted.
   *
   * @param random must be unpredictable: it makes the key that proves leases
   * @throws StoreException when the tokens cannot be read
   */
  public Besides recorded(KeyValues etcd, LifeKeys keys, ClockSlack slack, RandomGenerator random)
      throws StoreException {
    Optional<Entry> reserved;
    boolean proves;
    try {
      reserved = one(etcd, keys.tokens());
      proves = one(etcd, keys.continuation()).isPresent();
    } catch (KeyValuesException e) {
      throw e.of("read", keys.history());
    }
    long unused =
        reserved.isPresent()
            ? Math.max(tokens, Tokens.read(keys, new String(reserved.get().value(), UTF_8)))
            : tokens;
    List<Change> changes = new ArrayList<>();
    changes.add(record(slack).put(keys, LifeId.random(random)));
    changes.add(put(keys.tokens(), Tokens.write(unused)));
    if (proves) {
      changes.add(put(keys.continuation(), Continuations.newKey(random)));
    }
    // A server that has not noticed yet that etcd was set back may be reserving tokens.
    return new Besides(
        List.of(new Condition(keys.tokens(), reserved.map(Entry::modified).orElse(0L))), changes);
  }

  private static Optional<Entry> one(KeyValues etcd, String key) throws KeyValuesException {
    return etcd.range(KeyRange.of(key), 0, 1).entries().stream().findFirst();
  }

  private static Change put(String key, String text) {
    return new Change(key, Optional.of(text.getBytes(UTF_8)));
  }
}
