package io.datastored.etcd.life;

import com.google.common.base.Splitter;
import io.datastored.etcd.history.KeyValues;
import io.datastored.promise.ClockSlack;
import io.datastored.promise.LifeId;
import io.datastored.promise.Replica;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A life record says how long a life is waited for after it has fallen silent. Immutable.
 *
 * <pre>
 *   replica NAME
 *   authority MILLIS     how long it promises after its last pulse
 *   longest MILLIS       for how long the longest promise is kept, the slack included
 *   left                 it has stopped in order, and promises nothing more
 * </pre>
 *
 * @param replica the name of the server, for people
 * @param authority how long it promises after the sending of its last pulse
 * @param longest for how long the longest of its promises is kept
 * @param end whether it may still be promising
 */
public record LifeRecord(String replica, Duration authority, Duration longest, End end) {

  private static final Splitter LINES = Splitter.on('\n').omitEmptyStrings();

  /** How far a life has come. */
  public enum End {
    /** It has not announced its end. */
    OPEN,
    /** It has stopped in order. */
    LEFT
  }

  /** Checks the values. */
  public LifeRecord {
    if (authority.isNegative() || authority.isZero() || longest.isNegative()) {
      throw new IllegalArgumentException("a life has an authority, and no negative promise");
    }
    if (replica.isBlank() || replica.contains("\n")) {
      throw new IllegalArgumentException("a replica has a name of one line");
    }
  }

  /**
   * The record, in a history that is written now, of a server of that history that was in no etcd
   * and has stopped. Others wait for what it has promised.
   *
   * @param kept how long its longest promise is kept, the slack included
   */
  public static KeyValues.Change ofEarlierServer(
      LifeKeys keys, LifeId life, String replica, Duration kept) {
    // Its authority is of no account: it has left.
    return new LifeRecord(replica, Duration.ofSeconds(1), kept, End.LEFT).put(keys, life);
  }

  KeyValues.Change put(LifeKeys keys, LifeId life) {
    return new KeyValues.Change(
        keys.record(life), Optional.of(write().getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * What has become of a life.
   *
   * @param record empty if there is none, or it cannot be read
   * @param present whether etcd hears of it
   */
  static Replica.State state(Optional<LifeRecord> record, boolean present) {
    if (present) {
      return Replica.State.HERE;
    }
    return record.filter(found -> found.end() == End.LEFT).isPresent()
        ? Replica.State.LEFT
        : Replica.State.SILENT;
  }

  /** The same life when its longest promise is another one. */
  LifeRecord promising(Duration kept) {
    return new LifeRecord(replica, authority, kept, end);
  }

  /** The same life after its end in order. */
  LifeRecord left(Duration kept) {
    return new LifeRecord(replica, authority, kept, End.LEFT);
  }

  /**
   * How long this life is waited for from the moment when others see that its key is gone.
   *
   * <p>It was there when a pulse found it, and whoever sees that it is gone sees it later. The last
   * promise was made at most {@code authority} after the sending of that pulse, and is relied on
   * for at most {@code longest}. The slack is for clocks that run at different rates.
   */
  Duration wait(ClockSlack slack) {
    return switch (end) {
      case OPEN -> Duration.ofNanos(slack.keptNanos(authority)).plus(longest);
      case LEFT -> longest;
    };
  }

  String write() {
    return "replica %s\nauthority %d\nlongest %d\n%s"
        .formatted(
            replica,
            millisAtLeast(authority),
            millisAtLeast(longest),
            end == End.LEFT ? "left\n" : "");
  }

  /** Rounded up: a record never says less than what was promised. */
  private static long millisAtLeast(Duration duration) {
    return duration.plusNanos(999_999).toMillis();
  }

  /**
   * Reads a record. Lines that it does not know are for later versions.
   *
   * @throws IllegalArgumentException when it is damaged
   */
  static LifeRecord read(String text) {
    Map<String, String> lines = new HashMap<>();
    for (String line : LINES.split(text)) {
      int end = line.indexOf(' ');
      lines.put(end < 0 ? line : line.substring(0, end), end < 0 ? "" : line.substring(end + 1));
    }
    return new LifeRecord(
        one(lines, "replica"),
        Duration.ofMillis(Long.parseLong(one(lines, "authority"))),
        Duration.ofMillis(Long.parseLong(one(lines, "longest"))),
        lines.containsKey("left") ? End.LEFT : End.OPEN);
  }

  private static String one(Map<String, String> lines, String name) {
    String value = lines.get(name);
    if (value == null) {
      throw new IllegalArgumentException("there is no line " + name);
    }
    return value;
  }
}
