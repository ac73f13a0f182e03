package io.datastored.service.wire;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import java.util.Optional;

/** Times as the contract carries them. Stateless. */
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

  /** Empty when it is not a time between the years 1 and 9999, as the type's own contract asks. */
  static Optional<Instant> instant(Timestamp timestamp) {
    return Timestamps.isValid(timestamp)
        ? Optional.of(Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos()))
        : Optional.empty();
  }

  /** Empty when it is out of the type's range or its parts differ in sign. */
  public static Optional<java.time.Duration> duration(Duration duration) {
    return Durations.isValid(duration)
        ? Optional.of(java.time.Duration.ofSeconds(duration.getSeconds(), duration.getNanos()))
        : Optional.empty();
  }
}
