package io.datastored.client;

import com.google.protobuf.Timestamp;
import java.time.Duration;
import java.time.Instant;

/** Wire times are the protobuf forms of durations and instants. */
final class WireTimes {

  private WireTimes() {}

  static Duration duration(com.google.protobuf.Duration wire) {
    return Duration.ofSeconds(wire.getSeconds(), wire.getNanos());
  }

  static com.google.protobuf.Duration wire(Duration duration) {
    return com.google.protobuf.Duration.newBuilder()
        .setSeconds(duration.getSeconds())
        .setNanos(duration.getNano())
        .build();
  }

  static Instant instant(Timestamp wire) {
    return Instant.ofEpochSecond(wire.getSeconds(), wire.getNanos());
  }
}
