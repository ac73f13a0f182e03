package io.datastored.client;

import io.grpc.ManagedChannel;
import java.util.ServiceLoader;

/**
 * A client provider is the implementation behind the public types; they find it as a service, and
 * so refer to no class of it. Not for users.
 */
public interface ClientProvider {

  DatastoredClient client(ClientOptions options);

  ServerStreams streams(ManagedChannel channel, ClientOptions options);

  /**
   * The implementation that comes with this package.
   *
   * @throws IllegalStateException if the program was packaged without {@code META-INF/services}
   */
  static ClientProvider bundled() {
    return ServiceLoader.load(ClientProvider.class, ClientProvider.class.getClassLoader())
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "no META-INF/services/%s on the class path: merge such files when packaging"
                        .formatted(ClientProvider.class.getName())));
  }
}
