package io.datastored.client;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Channels are made here, on the client's own threads. Immutable. */
final class Channels {

  /** A frame is at most 1 MiB; a single datastore that is larger travels alone. */
  private static final int MOST_BYTES = 16 << 20;

  /**
   * gRPC logs each failure to resolve a name with its stack trace, several times a second; the
   * client reports it to whoever waits. Held here: a logger that nobody holds forgets its level.
   */
  private static final Logger NAMES = Logger.getLogger("io.grpc.internal.ManagedChannelImpl");

  /**
   * A connection on which a call waits and nothing comes for so long is asked for a sign of life,
   * and is dead without it. Not more often than the server permits, 10 s.
   */
  private static final Duration KEEPALIVE = Duration.ofSeconds(12);

  private static final Duration KEEPALIVE_ANSWER = Duration.ofSeconds(4);

  private final ClientOptions options;
  private final ClientThreads threads;

  Channels(ClientOptions options, ClientThreads threads) {
    this.options = options;
    if (NAMES.getLevel() == null) {
      NAMES.setLevel(Level.SEVERE);
    }
    this.threads = threads;
  }

  ManagedChannel open() {
    // Answers hop to the loop by themselves; names are resolved where it holds up no renewal.
    return begin()
        .directExecutor()
        .offloadExecutor(threads.names())
        .keepAliveTime(KEEPALIVE.toSeconds(), TimeUnit.SECONDS)
        .keepAliveTimeout(KEEPALIVE_ANSWER.toSeconds(), TimeUnit.SECONDS)
        .maxInboundMessageSize(MOST_BYTES)
        .build();
  }

  private ManagedChannelBuilder<?> begin() {
    Optional<ChannelSource> source = options.channels();
    return source.isPresent()
        ? source.get().begin(options.target())
        : threads
            .network()
            .orElseThrow(
                () -> new IllegalStateException("threads without a network need a ChannelSource"))
            .begin(options.target(), options.credentials());
  }
}
