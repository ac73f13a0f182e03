package io.datastored.daemon;

import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.AdvancedTlsX509TrustManager.Verification;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A TLS identity is what a server shows its clients and what it asks of them. Thread-safe. Renewed
 * files are picked up in the background; a connection keeps what it was made with. A renewal that
 * cannot be read leaves the last good one in use.
 */
final class TlsIdentity implements AutoCloseable {
  private final ServerCredentials credentials;
  private final AdvancedTlsX509KeyManager.Closeable keyReload;
  private final AdvancedTlsX509TrustManager.Closeable trustReload;

  private TlsIdentity(
      ServerCredentials credentials,
      AdvancedTlsX509KeyManager.Closeable keyReload,
      AdvancedTlsX509TrustManager.Closeable trustReload) {
    this.credentials = credentials;
    this.keyReload = keyReload;
    this.trustReload = trustReload;
  }

  /**
   * Reads the files now, and again on the scheduler whenever they change.
   *
   * @throws DaemonStartException when they cannot be used
   */
  static TlsIdentity of(TlsFiles files, ScheduledExecutorService scheduler)
      throws DaemonStartException {
    var builder = TlsServerCredentials.newBuilder();
    var keys = new AdvancedTlsX509KeyManager();
    AdvancedTlsX509KeyManager.Closeable keyReload;
    try {
      keyReload =
          keys.updateIdentityCredentials(
              files.certificates().toFile(),
              files.key().toFile(),
              files.reload().toNanos(),
              TimeUnit.NANOSECONDS,
              scheduler);
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw unusable("certificate %s with key %s".formatted(files.certificates(), files.key()), e);
    }
    builder.keyManager(keys);
    AdvancedTlsX509TrustManager.Closeable trustReload = () -> {};
    if (files.clientAuthorities().isPresent()) {
      try {
        trustReload = trust(builder, files.clientAuthorities().get(), files, scheduler);
      } catch (DaemonStartException e) {
        keyReload.close();
        throw e;
      }
    }
    return new TlsIdentity(builder.build(), keyReload, trustReload);
  }

  ServerCredentials credentials() {
    return credentials;
  }

  @Override
  public void close() {
    keyReload.close();
    trustReload.close();
  }

  private static AdvancedTlsX509TrustManager.Closeable trust(
      TlsServerCredentials.Builder builder,
      Path authorities,
      TlsFiles files,
      ScheduledExecutorService scheduler)
      throws DaemonStartException {
    try {
      // Clients have no host name to be checked: who signed their certificate is all that counts.
      var trust =
          AdvancedTlsX509TrustManager.newBuilder()
              .setVerification(Verification.CERTIFICATE_ONLY_VERIFICATION)
              .build();
      var reload =
          trust.updateTrustCredentials(
              authorities.toFile(), files.reload().toNanos(), TimeUnit.NANOSECONDS, scheduler);
      builder.trustManager(trust).clientAuth(TlsServerCredentials.ClientAuth.REQUIRE);
      return reload;
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw unusable("client authorities " + authorities, e);
    }
  }

  private static DaemonStartException unusable(String what, Exception cause) {
    return new DaemonStartException(
        DaemonStartException.Kind.TLS,
        "cannot use %s: %s".formatted(what, cause.getMessage()),
        cause);
  }
}
