package io.datastored.daemon;

import io.datastored.etcd.client.EtcdOptions;
import io.datastored.etcd.history.Keys;
import java.time.Duration;
import java.util.stream.Collectors;

/**
 * Replica options are those of a server that is one of several on an etcd. Immutable.
 *
 * @param etcd how it is reached
 * @param keys where in it the history is
 * @param name of this server, for people
 * @param authority how long this server may promise without hearing from etcd, and others wait for
 *     it after its end; 5 to 60 s
 */
public record ReplicaOptions(EtcdOptions etcd, Keys keys, String name, Duration authority) {

  private static final Duration SHORTEST = Duration.ofSeconds(5);

  /** The longest authority of any server. */
  public static final Duration LONGEST = Duration.ofSeconds(60);

  /** Checks the bounds. */
  public ReplicaOptions {
    if (authority.compareTo(SHORTEST) < 0 || authority.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "the ttl of a replica is from 5s, or the election of a leader would end it, to 60s, for"
              + " that long others wait for one that died; not "
              + authority);
    }
    if (name.isBlank() || name.contains("\n")) {
      throw new IllegalArgumentException("a replica has a name of one line");
    }
  }

  /** Where the history is, for display. */
  public String source() {
    return keys
        + " at "
        + etcd.endpoints().stream().map(Object::toString).collect(Collectors.joining(","));
  }
}
