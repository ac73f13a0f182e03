package io.datastored.daemon;

import io.datastored.transport.ConnectionLimits;
import java.time.Duration;
import java.util.Optional;

/**
 * Transport limits bound what one connection may cost. Immutable.
 *
 * @param messageBytes the largest request; a larger one is refused with RESOURCE_EXHAUSTED
 * @param metadataBytes the most metadata of one call
 * @param streams calls and watches in flight on one connection; more wait in the client
 * @param keepAlive how dead connections are found
 * @param age connections are asked to come again after this time, a tenth more or less, so that a
 *     load balancer can spread them and a renewed certificate is used; never when empty
 * @param idle a connection without a call is closed after this time; never when empty
 * @param connections bounds before and beside the calls
 */
public record TransportLimits(
    int messageBytes,
    int metadataBytes,
    int streams,
    KeepAlive keepAlive,
    Optional<Duration> age,
    Optional<Duration> idle,
    ConnectionLimits connections) {

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
        KeepAlive.defaults(),
        Optional.of(Duration.ofHours(1)),
        Optional.of(Duration.ofMinutes(15)),
        ConnectionLimits.defaults());
  }

  public TransportLimits withMessageBytes(int bytes) {
    return new TransportLimits(bytes, metadataBytes, streams, keepAlive, age, idle, connections);
  }

  public TransportLimits withStreams(int count) {
    return new TransportLimits(
        messageBytes, metadataBytes, count, keepAlive, age, idle, connections);
  }

  public TransportLimits withKeepAlive(KeepAlive other) {
    return new TransportLimits(messageBytes, metadataBytes, streams, other, age, idle, connections);
  }

  /** With other times after which connections end; zero: never. */
  public TransportLimits withEnds(Duration ofAge, Duration ofIdleness) {
    return new TransportLimits(
        messageBytes,
        metadataBytes,
        streams,
        keepAlive,
        Optional.of(ofAge).filter(wanted -> !wanted.isZero()),
        Optional.of(ofIdleness).filter(wanted -> !wanted.isZero()),
        connections);
  }

  public TransportLimits withConnections(ConnectionLimits other) {
    return new TransportLimits(messageBytes, metadataBytes, streams, keepAlive, age, idle, other);
  }
}
