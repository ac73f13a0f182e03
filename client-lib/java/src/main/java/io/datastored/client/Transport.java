package io.datastored.client;

import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannelBuilder;

/** A transport creates channel builders whose channels run on its threads. Thread-safe. */
interface Transport {

  ManagedChannelBuilder<?> begin(String target, ChannelCredentials credentials);

  /** Ends its threads in the background. */
  void shutdown();
}
