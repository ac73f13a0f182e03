package io.datastored.etcd.life;

import io.datastored.promise.ClockSlack;
import java.time.Duration;
import java.util.Optional;

/**
 * Life options are what a life says about itself, and how often it is heard of. Immutable.
 *
 * @param keys where lives are
 * @param replica the name of this server, for people
 * @param version of this program, shown to other servers
 * @param addresses where clients reach this server, shown to people
 * @param authority how long this server promises after the sending of its last pulse; also the ttl
 *     of its lease in etcd. At least 5 s, so that the election of a leader does not end it; at most
 *     60 s, because others wait that long for a server that has died
 * @param pulse how often it proves that its key is there
 * @param retry the pause after a pulse, or a write, that failed
 * @param attempts how often a write without an answer is sent, under one condition
 * @param slack how far the clocks of two servers may differ
 */
public record LifeOptions(
    LifeKeys keys,
    String replica,
    String version,
    String addresses,
    Duration authority,
    Duration pulse,
    Duration retry,
    int attempts,
    ClockSlack slack) {

  private static final Duration RETRY = Duration.ofMillis(200);
  private static final int ATTEMPTS = 3;

  /** A pulse may fail three times in a row before the authority ends. */
  private static final int PULSES = 4;

  /** Checks the values. */
  public LifeOptions {
    if (pulse.isNegative() || pulse.isZero() || pulse.compareTo(authority) >= 0) {
      throw new IllegalArgumentException("a pulse is more often than the authority lasts");
    }
    if (attempts < 1) {
      throw new IllegalArgumentException("a write is sent at least once");
    }
  }

  /** The defaults for one server. */
  public static LifeOptions of(
      LifeKeys keys, String replica, String version, String addresses, Duration authority) {
    return new LifeOptions(
        keys,
        replica,
        version,
        addresses,
        authority,
        authority.dividedBy(PULSES),
        RETRY,
        ATTEMPTS,
        ClockSlack.DEFAULT);
  }

  /** The record of a life that has promised nothing yet. */
  LifeRecord record() {
    return new LifeRecord(replica, authority, Duration.ZERO, LifeRecord.End.OPEN);
  }

  /** What a presence says. */
  String presence(Optional<Applied> applied) {
    return PresenceText.write(this, applied);
  }
}
