package io.datastored.client.internal.loop;

import com.google.protobuf.Timestamp;
import java.time.Duration;
import java.time.Instant;

/** Wire times are the protobuf forms of durations and instants. */
public final class WireTimes {

  private WireTimes() {}

  public static Duration duration(com.google.protobuf.Duration wire) {
    return Duration.ofSeconds(wire.getSeconds(), wire.getNanos());
  }

  public static com.google.protobuf.Duration wire(Duration duration) {
    return com.google.protobuf.Duration.newBuilder()
        .setSeconds(duration.getSeconds())
        .setNanos(duration.getNano())
        .build();
  }

  public static Instant instant(Timestamp wire) {
    return Instant.ofEpochSecond(wire.getSeconds(), wire.getNanos());
  }
}
