package io.datastored.daemon;

import java.time.Duration;

/**
 * Keepalive is how the two ends of a connection find out that the other one is gone. Immutable.
 *
 * @param permitted a client's pings that come more often than this end the connection. It must be
 *     below the keepalive time of clients, 30 s by convention.
 * @param interval a connection that is silent for this long is asked whether it is still there
 * @param answer the time it has to say so
 */
public record KeepAlive(Duration permitted, Duration interval, Duration answer) {
  public static KeepAlive defaults() {
    return new KeepAlive(Duration.ofSeconds(10), Duration.ofMinutes(1), Duration.ofSeconds(20));
  }

  /** With another rhythm that clients may have. */
  public KeepAlive withPermitted(Duration other) {
    return new KeepAlive(other, interval, answer);
  }
}
