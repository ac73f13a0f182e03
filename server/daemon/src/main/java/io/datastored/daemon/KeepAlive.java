package io.datastored.daemon;

import java.time.Duration;

/**
 * A keepalive is how the two ends of a connection detect that the other end is gone. Immutable.
 *
 * @param permitted the shortest interval of a client's pings; more frequent pings end the
 *     connection. It must be below the keepalive time of clients, 30 s by convention.
 * @param interval a connection that is silent for this long is pinged
 * @param answer the time in which the ping must be answered
 */
public record KeepAlive(Duration permitted, Duration interval, Duration answer) {
  public static KeepAlive defaults() {
    return new KeepAlive(Duration.ofSeconds(10), Duration.ofMinutes(1), Duration.ofSeconds(20));
  }

  /** A copy with another interval permitted to clients. */
  public KeepAlive withPermitted(Duration other) {
    return new KeepAlive(other, interval, answer);
  }
}
