package io.datastored.service.wire;

import static java.util.Objects.requireNonNull;

import com.google.common.net.HostAndPort;
import io.datastored.access.Access;
import io.datastored.access.Decision;
import io.datastored.access.Identity;
import io.datastored.access.Principal;
import io.datastored.access.Rights;
import io.datastored.access.Subject;
import io.datastored.access.Verb;
import io.datastored.config.DatastoreName;
import io.datastored.service.trace.RequestId;
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
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A caller is the client of a call, as identified by its connection. Immutable. It is determined
 * once per connection. Services that need it are registered with {@link #interceptor}; the others
 * do not pay for it.
 *
 * @param subject who it is, and what the rules grant it
 * @param peer the address of the other end
 * @param connection a number that is unique among the connections of all listeners; 0 if
 *     connections are not numbered
 */
public record Caller(Subject subject, Optional<SocketAddress> peer, long connection) {
  private static final Context.Key<Caller> KEY = Context.key("datastored-caller");
  private static final Context.Key<Instant> IDENTITY_ENDS = Context.key("datastored-identity-ends");
  private static final Attributes.Key<Caller> OF_CONNECTION =
      Attributes.Key.create("datastored-caller");

  /** Of all listeners: what is counted by connection must not be counted for two of them as one. */
  private static final AtomicLong CONNECTIONS = new AtomicLong();

  private static final Caller UNKNOWN =
      new Caller(Access.nothing().subject(Identity.ANONYMOUS), Optional.empty(), 0);

  /** The caller of the current call. */
  public static Caller current() {
    Caller caller = KEY.get();
    return caller == null ? UNKNOWN : caller;
  }

  /** When the certificate by which the current caller is known expires; empty without one. */
  public static Optional<Instant> identityEnds() {
    return Optional.ofNullable(IDENTITY_ENDS.get());
  }

  /** The current context with this as the {@link #current} caller. */
  public Context context() {
    return Context.current().withValue(KEY, this);
  }

  /** Makes {@link #current} available to a service. */
  public static ServerInterceptor interceptor(Access access) {
    return new ServerInterceptor() {
      @Override
      public <Q, A> ServerCall.Listener<Q> interceptCall(
          ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        return new Introduced<>(next.startCall(call, headers), call, headers, access);
      }
    };
  }

  /**
   * A call whose handler knows the caller. Handlers run when the request is complete, and nothing
   * else reads the caller. An open watch is such a call for days, so the headers are not kept any
   * longer.
   */
  private static final class Introduced<Q> extends SimpleForwardingServerCallListener<Q> {
    private final ServerCall<Q, ?> call;
    private final Access access;
    private @Nullable Metadata headers;

    Introduced(
        ServerCall.Listener<Q> handler, ServerCall<Q, ?> call, Metadata headers, Access access) {
      super(handler);
      this.call = call;
      this.access = access;
      this.headers = headers;
    }

    @Override
    public void onHalfClose() {
      var id = new RequestId(requireNonNull(headers), call.getMethodDescriptor());
      headers = null;
      Context known =
          Context.current().withValues(KEY, of(call.getAttributes(), access), RequestId.KEY, id);
      Optional<ClientCertificate> certificate = ClientCertificate.of(call.getAttributes());
      if (certificate.isPresent()) {
        known = known.withValue(IDENTITY_ENDS, certificate.get().expires());
      }
      Context before = known.attach();
      try {
        super.onHalfClose();
      } finally {
        known.detach(before);
      }
    }
  }

  /**
   * Determines the caller once for all calls of a connection, where the transport has connections.
   *
   * @param processes the process at the other end of a Unix socket, by the address that the
   *     transport has for it
   */
  public static ServerTransportFilter onConnections(
      Access access, Function<SocketAddress, Optional<UnixPeer>> processes) {
    return new ServerTransportFilter() {
      @Override
      public Attributes transportReady(Attributes connection) {
        return connection.toBuilder()
            .set(OF_CONNECTION, of(connection, access, processes, CONNECTIONS.incrementAndGet()))
            .build();
      }
    };
  }

  /** The authenticated identity. */
  public Principal principal() {
    return subject.identity().principal();
  }

  /** What the rules grant it now. */
  public Rights rights() {
    return subject.rights();
  }

  /** Whether it may set modes, at least of some datastore: others must not keep it waiting. */
  public boolean isOperator() {
    return subject.isOperator();
  }

  /**
   * Refuses a call that may not do this with a datastore. Call it before looking whether there is
   * such a datastore: the answer must not depend on it.
   */
  public void require(Verb verb, DatastoreName name, Refusals refusals) {
    Decision decision = subject.decide(verb, name);
    if (decision != Decision.Allowed.YES) {
      throw refusals.denied(this, decision);
    }
  }

  /** Refuses a call of somebody who may see nothing at all. */
  public void requireAny(Refusals refusals) {
    if (!rights().allowSomewhere(Verb.SEE)) {
      require(Verb.SEE, refusals);
    }
  }

  /** Refuses a call that may not do this with the server itself. */
  public void require(Verb verb, Refusals refusals) {
    Decision decision = subject.decide(verb);
    if (decision != Decision.Allowed.YES) {
      throw refusals.denied(this, decision);
    }
  }

  /** The strongest name available: the authenticated identity, or else the address. */
  public String identity() {
    Principal principal = principal();
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

  /** The caller of a call, by the attributes of its connection. */
  public static Caller of(Attributes connection, Access access) {
    Caller known = connection.get(OF_CONNECTION);
    return known == null ? of(connection, access, address -> Optional.empty(), 0) : known;
  }

  private static Caller of(
      Attributes connection,
      Access access,
      Function<SocketAddress, Optional<UnixPeer>> processes,
      long number) {
    Optional<SocketAddress> address =
        Optional.ofNullable(connection.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
    Optional<UnixPeer> process = address.flatMap(processes);
    boolean encrypted = connection.get(Grpc.TRANSPORT_ATTR_SSL_SESSION) != null;
    Identity identity =
        process
            .map(UnixPeer::identity)
            .or(() -> certified(connection))
            .orElse(!encrypted && isHere(address) ? Identity.ANONYMOUS_HERE : Identity.ANONYMOUS);
    return new Caller(
        access.subject(identity),
        process.<SocketAddress>map(peer -> peer).or(() -> address),
        number);
  }

  /** Whether the other end is on this host; only TCP has addresses of other hosts. */
  private static boolean isHere(Optional<SocketAddress> address) {
    return address.isPresent()
        && (!(address.get() instanceof InetSocketAddress tcp)
            || (!tcp.isUnresolved() && tcp.getAddress().isLoopbackAddress()));
  }

  private static Optional<Identity> certified(Attributes connection) {
    return ClientCertificate.of(connection)
        .map(ClientCertificate::name)
        .filter(CertifiedName.Named.class::isInstance)
        .map(name -> ((CertifiedName.Named) name).identity());
  }
}
