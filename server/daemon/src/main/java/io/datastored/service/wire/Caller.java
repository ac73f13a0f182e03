package io.datastored.service.wire;

import com.google.common.net.HostAndPort;
import io.datastored.lease.Principal;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A caller is the client of a call, as identified by its connection. Immutable. It is determined
 * once per connection. Services that need it are registered with {@link #interceptor}; the others
 * do not pay for it.
 *
 * @param principal the authenticated identity
 * @param peer the address of the other end
 * @param connection a number that is unique among the connections of the listener; 0 if connections
 *     are not numbered
 */
public record Caller(Principal principal, Optional<SocketAddress> peer, long connection) {
  private static final Logger log = LoggerFactory.getLogger(Caller.class);
  private static final Context.Key<Caller> KEY = Context.key("datastored-caller");
  private static final Attributes.Key<Caller> OF_CONNECTION =
      Attributes.Key.create("datastored-caller");
  private static final Caller UNKNOWN = new Caller(Principal.ANONYMOUS, Optional.empty(), 0);

  /** The caller of the current call. */
  public static Caller current() {
    Caller caller = KEY.get();
    return caller == null ? UNKNOWN : caller;
  }

  /** Makes {@link #current} available to a service. */
  public static ServerInterceptor interceptor() {
    return new ServerInterceptor() {
      @Override
      public <Q, A> ServerCall.Listener<Q> interceptCall(
          ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        // Handlers run when the request is complete, and nothing else reads the caller.
        return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
          @Override
          public void onHalfClose() {
            Context known = Context.current().withValue(KEY, of(call.getAttributes()));
            Context before = known.attach();
            try {
              super.onHalfClose();
            } finally {
              known.detach(before);
            }
          }
        };
      }
    };
  }

  /**
   * Determines the caller once for all calls of a connection, where the transport has connections.
   *
   * @param processes the process at the other end of a Unix socket, by the address that the
   *     transport has for it
   */
  public static ServerTransportFilter onConnections(
      Function<SocketAddress, Optional<UnixPeer>> processes) {
    return new ServerTransportFilter() {
      private final AtomicLong connections = new AtomicLong();

      @Override
      public Attributes transportReady(Attributes connection) {
        return connection.toBuilder()
            .set(OF_CONNECTION, of(connection, processes, connections.incrementAndGet()))
            .build();
      }
    };
  }

  /** The strongest name available: the authenticated identity, or else the address. */
  public String identity() {
    return principal.isAnonymous() ? peer.map(Caller::text).orElse("unknown") : principal.text();
  }

  /** A readable address: {@code host:port}, or {@code unix} for a socket on this host. */
  public static String text(SocketAddress peer) {
    if (peer instanceof UnixPeer process) {
      return process.toString();
    }
    return peer instanceof InetSocketAddress tcp && !tcp.isUnresolved()
        ? HostAndPort.fromParts(tcp.getAddress().getHostAddress(), tcp.getPort()).toString()
        : "unix";
  }

  private static Caller of(Attributes connection) {
    Caller known = connection.get(OF_CONNECTION);
    return known == null ? of(connection, address -> Optional.empty(), 0) : known;
  }

  private static Caller of(
      Attributes connection, Function<SocketAddress, Optional<UnixPeer>> processes, long number) {
    Optional<SocketAddress> address =
        Optional.ofNullable(connection.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
    Optional<UnixPeer> process = address.flatMap(processes);
    Principal principal =
        process
            .map(user -> Principal.named("uid:", user.user()))
            .or(() -> certified(connection.get(Grpc.TRANSPORT_ATTR_SSL_SESSION), address))
            .orElse(Principal.ANONYMOUS);
    return new Caller(
        principal, process.<SocketAddress>map(peer -> peer).or(() -> address), number);
  }

  private static Optional<Principal> certified(
      @Nullable SSLSession tls, Optional<SocketAddress> address) {
    if (tls == null) {
      return Optional.empty();
    }
    try {
      Certificate[] chain = tls.getPeerCertificates();
      Optional<Principal> name =
          chain.length > 0 && chain[0] instanceof X509Certificate certificate
              ? CertifiedName.of(certificate)
              : Optional.empty();
      if (name.isEmpty()) {
        log.atWarn()
            .addKeyValue("peer", address.map(Caller::text).orElse("unknown"))
            .log("a client certificate has no usable name; the client is 'anonymous'");
      }
      return name;
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty(); // TLS without a client certificate
    }
  }
}
