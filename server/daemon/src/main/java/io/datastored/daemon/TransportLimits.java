package io.datastored.daemon;

import java.time.Duration;
import java.util.Optional;

/**
 * Transport limits bound what one connection may cost. Immutable.
 *
 * @param messageBytes the largest request; a larger one is refused with RESOURCE_EXHAUSTED
 * @param metadataBytes the most metadata of one call
 * @param streams calls and watches in flight on one connection; more wait in the client
 * @param keepAlivePermitted pings that come more often than this end the connection. It must be
 *     below the keepalive time of clients, 30 s by convention.
 * @param keepAlive a connection that is silent for this long is asked whether it is still there
 * @param keepAliveAnswer the time it has to say so
 * @param connectionAge connections are asked to go elsewhere after this time, so that a load
 *     balancer can spread them; never when empty
 */
public record TransportLimits(
    int messageBytes,
    int metadataBytes,
    int streams,
    Duration keepAlivePermitted,
    Duration keepAlive,
    Duration keepAliveAnswer,
    Optional<Duration> connectionAge) {

  public TransportLimits {
    atLeastOne("the largest request in bytes", messageBytes);
    atLeastOne("the most metadata in bytes", metadataBytes);
    atLeastOne("the number of streams on a connection", streams);
  }

  private static void atLeastOne(String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException("%s is %d, below 1".formatted(what, value));
    }
  }

  public static TransportLimits defaults() {
    return new TransportLimits(
        1 << 20,
        16 << 10,
        1_000,
        Duration.ofSeconds(10),
        Duration.ofMinutes(1),
        Duration.ofSeconds(20),
        Optional.empty());
  }

  public TransportLimits withMessageBytes(int bytes) {
    return new TransportLimits(
        bytes,
        metadataBytes,
        streams,
        keepAlivePermitted,
        keepAlive,
        keepAliveAnswer,
        connectionAge);
  }

  public TransportLimits withMetadataBytes(int bytes) {
    return new TransportLimits(
        messageBytes,
        bytes,
        streams,
        keepAlivePermitted,
        keepAlive,
        keepAliveAnswer,
        connectionAge);
  }

  public TransportLimits withStreams(int streams) {
    return new TransportLimits(
        messageBytes,
        metadataBytes,
        streams,
        keepAlivePermitted,
        keepAlive,
        keepAliveAnswer,
        connectionAge);
  }

  public TransportLimits withKeepAlivePermitted(Duration permitted) {
    return new TransportLimits(
        messageBytes, metadataBytes, streams, permitted, keepAlive, keepAliveAnswer, connectionAge);
  }

  public TransportLimits withConnectionAge(Duration age) {
    return new TransportLimits(
        messageBytes,
        metadataBytes,
        streams,
        keepAlivePermitted,
        keepAlive,
        keepAliveAnswer,
        Optional.of(age));
  }
}
