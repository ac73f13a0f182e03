package io.datastored.client;

import io.grpc.ManagedChannelBuilder;

/**
 * A channel source begins the channels of a client. It is asked twice at each start: for the
 * channel of the watch and the renewals, and for that of the calls. The client sets its executor
 * and its keepalive, and shuts the channels down.
 */
@FunctionalInterface
public interface ChannelSource {

  /**
   * Begins a channel.
   *
   * @param target as in the options
   */
  ManagedChannelBuilder<?> begin(String target);
}
