package io.datastored.client.internal.transport;

import io.datastored.client.ChannelSource;
import io.datastored.client.ClientOptions;
import io.datastored.client.ClientThreads;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Channels is the factory of a client's gRPC channels, which use the client's threads. Confined to
 * the loop.
 */
public final class Channels {

  /** A message of a frame is at most 1 MiB, unless it carries a single datastore that is larger. */
  private static final int MOST_BYTES = 16 << 20;

  /**
   * gRPC logs each failure to resolve a name with its stack trace, several times a second; the
   * client reports it to its callers instead. The reference is strong because an unreferenced
   * logger loses its level.
   */
  private static final Logger NAMES = Logger.getLogger("io.grpc.internal.ManagedChannelImpl");

  /**
   * A connection with a call in progress is pinged after this time without traffic, and is dead if
   * the ping is not answered. Longer than the shortest interval that the server permits, 10 s.
   */
  private static final Duration KEEPALIVE = Duration.ofSeconds(12);

  private static final Duration KEEPALIVE_ANSWER = Duration.ofSeconds(4);

  private final ClientOptions options;
  private final Targets targets;
  private final ClientThreads threads;

  public Channels(ClientOptions options, Targets targets, ClientThreads threads) {
    this.options = options;
    this.targets = targets;
    if (NAMES.getLevel() == null) {
      NAMES.setLevel(Level.SEVERE);
    }
    this.threads = threads;
  }

  /** A channel to the server that is the present one now. */
  public ManagedChannel open() {
    // Answers are handed to the loop explicitly; names are resolved on threads that no renewal
    // needs.
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
        ? source.get().begin(targets.present())
        : threads.channel(targets.present(), options.credentials());
  }
}
