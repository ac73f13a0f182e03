package io.datastored.client;

import io.grpc.ManagedChannelBuilder;

/**
 * A channel source creates the channel builders of a client. A client calls it at most twice: for
 * the channel of the watch and the renewals, and for the channel of all other calls. The client
 * then sets executor, keepalive and maximum message size, builds the channels, and shuts them down.
 */
@FunctionalInterface
public interface ChannelSource {

  /**
   * Creates a channel builder.
   *
   * @param target target of the client's options
   */
  ManagedChannelBuilder<?> begin(String target);
}
