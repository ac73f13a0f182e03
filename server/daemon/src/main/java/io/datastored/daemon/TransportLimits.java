package io.datastored.daemon;

import io.datastored.transport.ConnectionLimits;
import java.time.Duration;
import java.util.Optional;

/**
 * Transport limits bound what one connection may cost. Immutable; made by a {@link Builder}.
 *
 * @param messageBytes the largest request; a larger one is refused with RESOURCE_EXHAUSTED
 * @param metadataBytes the most metadata of one call
 * @param streams calls and watches in flight on one connection; more wait in the client
 * @param keepAlivePermitted the shortest interval of a client's pings; more frequent pings end the
 *     connection. It must be below the keepalive time of clients, 30 s by convention.
 * @param age connections are asked to reconnect after this time, plus or minus a tenth, so that a
 *     load balancer can spread them and a renewed certificate is used; never if empty or 0
 * @param idle a connection without a call is closed after this time; never if empty or 0
 * @param connections bounds before and beside the calls
 */
public record TransportLimits(
    int messageBytes,
    int metadataBytes,
    int streams,
    Duration keepAlivePermitted,
    Optional<Duration> age,
    Optional<Duration> idle,
    ConnectionLimits connections) {

  public TransportLimits {
    atLeastOne("the largest request in bytes", messageBytes);
    atLeastOne("the most metadata in bytes", metadataBytes);
    atLeastOne("the number of streams on a connection", streams);
    age = age.filter(time -> !time.isZero());
    idle = idle.filter(time -> !time.isZero());
  }

  private static void atLeastOne(String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException("%s is %d, below 1".formatted(what, value));
    }
  }

  /** A builder of transport limits; unset limits keep their defaults. Not thread-safe. */
  public static final class Builder {
    public int messageBytes = 1 << 20;
    public int metadataBytes = 16 << 10;
    public int streams = 1_000;
    public Duration keepAlivePermitted = Duration.ofSeconds(10);
    public Optional<Duration> age = Optional.of(Duration.ofHours(1));
    public Optional<Duration> idle = Optional.of(Duration.ofMinutes(15));
    public final ConnectionLimits.Builder connections = new ConnectionLimits.Builder();

    public TransportLimits build() {
      return new TransportLimits(
          messageBytes, metadataBytes, streams, keepAlivePermitted, age, idle, connections.build());
    }
  }
}
