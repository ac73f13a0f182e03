package io.datastored.service.call;

import com.google.common.base.Ticker;
import io.datastored.v1.ServerState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A server life is the state of a server and its start time. Thread-safe: one volatile word,
 * written by the assembly only.
 */
public final class ServerLife {
  private final String version;
  private final Ticker clock;
  private final Supplier<Optional<Instant>> certificateExpires;
  private final long startedAt;
  private volatile ServerState state = ServerState.SERVER_STATE_STARTING;

  /**
   * @param certificateExpires the expiry time of the certificate that clients see
   */
  public ServerLife(String version, Ticker clock, Supplier<Optional<Instant>> certificateExpires) {
    this.version = version;
    this.certificateExpires = certificateExpires;
    this.clock = clock;
    this.startedAt = clock.read();
  }

  /** The server now answers calls. */
  public void serving() {
    state = ServerState.SERVER_STATE_SERVING;
  }

  /** The server now only finishes open calls. */
  public void stopping() {
    state = ServerState.SERVER_STATE_STOPPING;
  }

  /** Why calls are not answered, in one sentence; empty if they are. */
  public Optional<String> whyNotServing() {
    return switch (state) {
      case SERVER_STATE_STARTING -> Optional.of("the server is starting");
      case SERVER_STATE_STOPPING -> Optional.of("the server is stopping");
      default -> Optional.empty();
    };
  }

  /** The version of the software. */
  public String version() {
    return version;
  }

  /**
   * The current state.
   *
   * @param recovering whether leases granted before the restart may still be in use
   */
  ServerState state(boolean recovering) {
    ServerState now = state;
    return now == ServerState.SERVER_STATE_SERVING && recovering
        ? ServerState.SERVER_STATE_RECOVERING
        : now;
  }

  /** When the certificate that clients see expires. */
  public Optional<Instant> certificateExpires() {
    return certificateExpires.get();
  }

  Duration uptime() {
    return Duration.ofNanos(clock.read() - startedAt);
  }
}
