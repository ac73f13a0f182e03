package io.datastored.service.wire;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerTransportFilter;
import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * A client certificate is the verified certificate of the client of a connection. Immutable. It is
 * read once per connection.
 *
 * @param name who the client is
 * @param expires when the certificate, and so the identity of this connection, ends
 */
record ClientCertificate(CertifiedName name, Instant expires) {
  private static final Logger log = LoggerFactory.getLogger(ClientCertificate.class);
  private static final Attributes.Key<ClientCertificate> OF_CONNECTION =
      Attributes.Key.create("datastored-client-certificate");

  /** Reads the certificate of each connection that has one. */
  static ServerTransportFilter onConnections(TrustDomains domains) {
    return new ServerTransportFilter() {
      @Override
      public Attributes transportReady(Attributes connection) {
        return read(connection, domains)
            .map(shown -> connection.toBuilder().set(OF_CONNECTION, shown).build())
            .orElse(connection);
      }
    };
  }

  /** The certificate of the client of a connection; empty if it has shown none. */
  static Optional<ClientCertificate> of(Attributes connection) {
    return Optional.ofNullable(connection.get(OF_CONNECTION));
  }

  /** Why calls with it are refused at this time; empty if they are not. */
  Optional<String> refusal(Instant now) {
    if (name instanceof CertifiedName.Refused refused) {
      return Optional.of(refused.why());
    }
    return now.isBefore(expires)
        ? Optional.empty()
        : Optional.of(
            "the client's certificate expired on %s: connect again with a renewed one"
                .formatted(expires.truncatedTo(ChronoUnit.SECONDS)));
  }

  private static Optional<ClientCertificate> read(Attributes connection, TrustDomains domains) {
    SSLSession tls = connection.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    try {
      if (tls == null || !(tls.getPeerCertificates()[0] instanceof X509Certificate certificate)) {
        return Optional.empty();
      }
      CertifiedName name = CertifiedName.of(certificate, domains);
      warn(name, connection.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
      return Optional.of(new ClientCertificate(name, certificate.getNotAfter().toInstant()));
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty(); // TLS without a client certificate
    }
  }

  private static void warn(CertifiedName name, @Nullable SocketAddress peer) {
    LoggingEventBuilder line =
        log.atWarn().addKeyValue("peer", peer == null ? "unknown" : Caller.text(peer));
    if (name instanceof CertifiedName.Refused refused) {
      line.addKeyValue("reason", refused.why()).log("all calls of a connection are refused");
    } else if (name instanceof CertifiedName.Nameless) {
      line.log("a client certificate has no usable name; the client is 'anonymous'");
    }
  }
}
