package io.datastored.service.wire;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import java.util.Optional;

/** Proto times convert times to and from the contract. Stateless. */
public final class ProtoTimes {
  private ProtoTimes() {}

  public static Duration duration(java.time.Duration duration) {
    return Duration.newBuilder()
        .setSeconds(duration.getSeconds())
        .setNanos(duration.getNano())
        .build();
  }

  public static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }

  /** The instant, or empty if it is not between the years 1 and 9999, as Timestamp requires. */
  static Optional<Instant> instant(Timestamp timestamp) {
    return Timestamps.isValid(timestamp)
        ? Optional.of(Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos()))
        : Optional.empty();
  }

  /** The duration, or empty if it is out of the type's range or its parts differ in sign. */
  public static Optional<java.time.Duration> duration(Duration duration) {
    return Durations.isValid(duration)
        ? Optional.of(java.time.Duration.ofSeconds(duration.getSeconds(), duration.getNanos()))
        : Optional.empty();
  }
}
