package io.datastored.service;

import com.google.common.net.HostAndPort;
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
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * A caller is who makes a call, as far as the connection tells. Immutable. It keeps what the
 * transport has and makes words of it when somebody asks: most calls need none. Services that want
 * it are registered with {@link #interceptor}; the others do not pay for it.
 *
 * @param tls the connection's TLS session
 * @param peer the address of the other end
 * @param connection a number that no other connection of its listener has; 0 where nobody counts
 *     them
 */
record Caller(Optional<SSLSession> tls, Optional<SocketAddress> peer, long connection) {
  private static final Context.Key<Caller> KEY = Context.key("datastored-caller");
  private static final Attributes.Key<Caller> OF_CONNECTION =
      Attributes.Key.create("datastored-caller");
  private static final Caller UNKNOWN = new Caller(Optional.empty(), Optional.empty(), 0);

  /** The one who makes the present call. */
  static Caller current() {
    Caller caller = KEY.get();
    return caller == null ? UNKNOWN : caller;
  }

  /** Makes {@link #current} known to a service. */
  static ServerInterceptor interceptor() {
    return new ServerInterceptor() {
      @Override
      public <Q, A> ServerCall.Listener<Q> interceptCall(
          ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        // Handlers run when the request is whole, and nothing else asks who calls.
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

  /** Has one caller for all calls of a connection, where there are connections. */
  static ServerTransportFilter onConnections() {
    return new ServerTransportFilter() {
      private final AtomicLong connections = new AtomicLong();

      @Override
      public Attributes transportReady(Attributes connection) {
        return connection.toBuilder()
            .set(OF_CONNECTION, of(connection, connections.incrementAndGet()))
            .build();
      }
    };
  }

  /** The strongest name there is: the subject of the client's certificate, or else the address. */
  String identity() {
    return subject().orElseGet(() -> peer.map(Caller::text).orElse("unknown"));
  }

  /** The subject of the client's certificate; empty without mutual TLS. */
  Optional<String> subject() {
    try {
      return tls.isPresent()
          ? Optional.of(tls.get().getPeerPrincipal().getName())
          : Optional.empty();
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty(); // TLS without a client certificate
    }
  }

  /** An address for people: {@code host:port}, or {@code unix} for a socket on this host. */
  static String text(SocketAddress peer) {
    return peer instanceof InetSocketAddress tcp && !tcp.isUnresolved()
        ? HostAndPort.fromParts(tcp.getAddress().getHostAddress(), tcp.getPort()).toString()
        : "unix";
  }

  private static Caller of(Attributes connection) {
    Caller known = connection.get(OF_CONNECTION);
    return known == null ? of(connection, 0) : known;
  }

  private static Caller of(Attributes connection, long number) {
    return new Caller(
        Optional.ofNullable(connection.get(Grpc.TRANSPORT_ATTR_SSL_SESSION)),
        Optional.ofNullable(connection.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)),
        number);
  }
}
