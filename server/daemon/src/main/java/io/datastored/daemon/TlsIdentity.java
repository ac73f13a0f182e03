package io.datastored.daemon;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hashing;
import com.google.common.io.Closer;
import io.datastored.engine.Engine;
import io.datastored.engine.health.PeriodicTask;
import io.datastored.engine.health.PeriodicTasks;
import io.datastored.service.wire.TrustDomains;
import io.grpc.ServerCredentials;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettySslContextServerCredentials;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.AdvancedTlsX509TrustManager.Verification;
import io.grpc.util.CertificateUtils;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TLS identity is the certificate that a server shows its clients and the certificates that it
 * requires of them. Thread-safe: the two managers are, and the rest is confined to one thread.
 * Renewed files are loaded in the background; existing connections are unaffected. If renewed files
 * are invalid, the last good ones stay in use.
 *
 * <p>The managers' own reloading is not used: it checks once a minute at most, misses a certificate
 * that was renewed for the same key, and accepts a certificate and a key that do not match.
 */
final class TlsIdentity implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(TlsIdentity.class);

  /** How long a stop waits for a read that hangs. */
  private static final Duration CLOSE = Duration.ofMillis(100);

  private final TlsFiles files;
  private final AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
  private final Optional<AdvancedTlsX509TrustManager> trust;
  private final ServerCredentials credentials;
  private final CertificateExpiry expiry;
  private final PeriodicTask reload;

  /** The hash of the files in use. Confined to the reload after the start. */
  private HashCode used;

  private TlsIdentity(
      TlsFiles files,
      Optional<AdvancedTlsX509TrustManager> trust,
      PeriodicTasks tasks,
      CertificateExpiry expiry)
      throws IOException, GeneralSecurityException {
    this.files = files;
    this.expiry = expiry;
    this.trust = trust;
    this.used = use(contents());
    expiry.look();
    this.credentials = NettySslContextServerCredentials.create(new FullHandshakes(this::context));
    // A file system that hangs does not stop serving: the last good files are in use.
    this.reload =
        tasks.start(
            "TLS reload", files.reload(), PeriodicTask.Need.TO_BE_TOLD, this::readIfRenewed);
  }

  /** The one of a server's options, if they have one, until {@code rooms} are closed. */
  static Optional<TlsIdentity> of(DaemonOptions options, Engine engine, Closer rooms)
      throws DaemonStartException {
    if (options.tls().isEmpty()) {
      return Optional.empty();
    }
    TlsFiles files = options.tls().get();
    var expiry = new CertificateExpiry(files, engine.troubles(), InstantSource.system());
    return Optional.of(rooms.register(of(files, engine.tasks(), expiry)));
  }

  /**
   * Reads the files now, and again in the background whenever they change.
   *
   * @throws DaemonStartException if they cannot be used
   */
  static TlsIdentity of(TlsFiles files, PeriodicTasks tasks, CertificateExpiry expiry)
      throws DaemonStartException {
    try {
      return new TlsIdentity(
          files,
          files.clients().isPresent() ? Optional.of(clientTrust()) : Optional.empty(),
          tasks,
          expiry);
    } catch (NoSuchFileException e) {
      throw new DaemonStartException(
          DaemonStartException.Kind.TLS, "there is no TLS file " + e.getFile(), e);
    } catch (AccessDeniedException e) {
      throw new DaemonStartException(
          DaemonStartException.Kind.TLS,
          "this process lacks the permission to read the TLS file " + e.getFile(),
          e);
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw new DaemonStartException(
          DaemonStartException.Kind.TLS,
          "cannot use the TLS files %s: %s".formatted(files.all(), e.getMessage()),
          e);
    }
  }

  ServerCredentials credentials() {
    return credentials;
  }

  /** For HTTPS with the same certificate; clients are not asked for theirs. */
  SSLContext forAdmin() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {keys}, null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("TLS cannot be configured", e);
    }
  }

  /** Whose SPIFFE ids are identities. */
  TrustDomains domains() {
    return files.clients().map(TlsFiles.Clients::domains).orElse(TrustDomains.ANY);
  }

  /** When the certificate in use expires. */
  Instant expires() {
    return expiry.expires();
  }

  @Override
  public void close() {
    reload.closeWithin(CLOSE);
  }

  private SslContext context() {
    SslContextBuilder builder =
        GrpcSslContexts.configure(SslContextBuilder.forServer(keys), SslProvider.JDK);
    trust.ifPresent(
        authorities ->
            builder
                .trustManager(authorities)
                .clientAuth(asked(files.clients().orElseThrow().certificates())));
    try {
      return builder.build();
    } catch (SSLException e) {
      throw new IllegalStateException("TLS cannot be configured", e);
    }
  }

  private static ClientAuth asked(TlsFiles.ClientCertificates rule) {
    return switch (rule) {
      case NONE -> ClientAuth.NONE;
      case REQUEST -> ClientAuth.OPTIONAL;
      case REQUIRE -> ClientAuth.REQUIRE;
    };
  }

  /** Clients have no host name to check: only the signer of their certificate counts. */
  private static AdvancedTlsX509TrustManager clientTrust() throws GeneralSecurityException {
    return AdvancedTlsX509TrustManager.newBuilder()
        .setVerification(Verification.CERTIFICATE_ONLY_VERIFICATION)
        .build();
  }

  private void readIfRenewed() {
    try {
      List<byte[]> contents = contents();
      if (!hash(contents).equals(used)) {
        used = use(contents);
        log.atInfo().addKeyValue("files", files.all()).log("TLS files renewed");
      }
      expiry.readable();
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      expiry.unreadable(e);
    }
    expiry.look();
  }

  private List<byte[]> contents() throws IOException {
    List<byte[]> contents = new ArrayList<>();
    for (Path file : files.all()) {
      contents.add(Files.readAllBytes(file));
    }
    return contents;
  }

  private static HashCode hash(List<byte[]> contents) {
    return Hashing.combineOrdered(
        contents.stream().map(bytes -> Hashing.sha256().hashBytes(bytes)).toList());
  }

  private HashCode use(List<byte[]> contents) throws IOException, GeneralSecurityException {
    CertifiedKey renewed = CertifiedKey.of(contents.get(0), contents.get(1));
    X509Certificate[] authorities = {};
    if (trust.isPresent()) {
      authorities = CertificateUtils.getX509Certificates(new ByteArrayInputStream(contents.get(2)));
      if (authorities.length == 0) {
        throw new GeneralSecurityException("there is no certificate in " + files.all().get(2));
      }
      trust.get().updateTrustCredentials(authorities);
    }
    keys.updateIdentityCredentials(renewed.chain(), renewed.key());
    expiry.uses(renewed.chain(), authorities);
    return hash(contents);
  }
}
