package io.datastored.client;

import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannelBuilder;

/** A transport begins channels on threads of its own. Thread-safe. */
interface Transport {

  ManagedChannelBuilder<?> begin(String target, ChannelCredentials credentials);

  /** Ends its threads, in the background. */
  void shutdown();
}
