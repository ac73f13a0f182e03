package io.datastored.daemon;

import com.google.common.collect.ImmutableList;
import io.grpc.ServerServiceDefinition;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;

/**
 * A listener factory starts gRPC servers for a list of services: on the network in production, in
 * the process in tests. The assembly calls it once.
 */
@FunctionalInterface
interface ListenerFactory {

  /**
   * @param everywhere services for every address
   * @param localOnly services that show other clients' addresses, for addresses that only this host
   *     reaches
   */
  Listeners start(List<ServerServiceDefinition> everywhere, List<ServerServiceDefinition> localOnly)
      throws DaemonStartException;

  /** The threads that serve connections; empty if they are not known. */
  default ImmutableList<Executor> loops() {
    return ImmutableList.of();
  }

  /** What encrypts other connections with the server's certificate; empty if there is none. */
  default Optional<SSLContext> tls() {
    return Optional.empty();
  }

  /** When the certificate that clients see expires; empty if there is none. */
  default Optional<Instant> certificateExpires() {
    return Optional.empty();
  }
}
