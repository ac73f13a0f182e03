package io.datastored.service.call;

import com.google.common.base.Ticker;
import io.datastored.v1.ServerState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The life of a server: since when it runs and what it is doing. Thread-safe: one volatile word,
 * written by the assembly only.
 */
public final class ServerLife {
  private final String version;
  private final Ticker clock;
  private final Supplier<Optional<Instant>> certificateExpires;
  private final long startedAt;
  private volatile ServerState state = ServerState.SERVER_STATE_STARTING;

  /**
   * @param certificateExpires when the certificate that clients are shown ends
   */
  public ServerLife(String version, Ticker clock, Supplier<Optional<Instant>> certificateExpires) {
    this.version = version;
    this.certificateExpires = certificateExpires;
    this.clock = clock;
    this.startedAt = clock.read();
  }

  /** From now on calls are answered. */
  public void serving() {
    state = ServerState.SERVER_STATE_SERVING;
  }

  /** From now on only open calls are finished. */
  public void stopping() {
    state = ServerState.SERVER_STATE_STOPPING;
  }

  String version() {
    return version;
  }

  /**
   * What it is doing.
   *
   * @param recovering whether leases of before the restart may still be in use
   */
  ServerState state(boolean recovering) {
    ServerState now = state;
    return now == ServerState.SERVER_STATE_SERVING && recovering
        ? ServerState.SERVER_STATE_RECOVERING
        : now;
  }

  Optional<Instant> certificateExpires() {
    return certificateExpires.get();
  }

  Duration uptime() {
    return Duration.ofNanos(clock.read() - startedAt);
  }
}
