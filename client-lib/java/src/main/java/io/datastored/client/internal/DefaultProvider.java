package io.datastored.client.internal;

import io.datastored.client.ClientOptions;
import io.datastored.client.ClientProvider;
import io.datastored.client.DatastoredClient;
import io.datastored.client.ServerStreams;
import io.grpc.ManagedChannel;

/** A default provider creates clients and streams of this implementation. Stateless. */
public final class DefaultProvider implements ClientProvider {

  @Override
  public DatastoredClient client(ClientOptions options) {
    return new DefaultClient(options);
  }

  @Override
  public ServerStreams streams(ManagedChannel channel, ClientOptions options) {
    return new DefaultStreams(channel, options);
  }
}
