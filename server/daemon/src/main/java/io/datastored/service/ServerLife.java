package io.datastored.service;

import com.google.common.base.Ticker;
import io.datastored.v1.ServerState;
import java.time.Duration;

/**
 * The life of a server: since when it runs and what it is doing. Thread-safe: one volatile word,
 * written by the assembly only.
 */
public final class ServerLife {
  private final String version;
  private final Ticker clock;
  private final long startedAt;
  private volatile ServerState state = ServerState.SERVER_STATE_STARTING;

  public ServerLife(String version, Ticker clock) {
    this.version = version;
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

  Duration uptime() {
    return Duration.ofNanos(clock.read() - startedAt);
  }
}
