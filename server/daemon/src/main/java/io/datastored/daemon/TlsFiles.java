package io.datastored.daemon;

import com.google.common.collect.ImmutableList;
import io.datastored.service.wire.TrustDomains;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * TLS files are the PEM files of a server's identity. Immutable. They are read again when they
 * change, so a renewed certificate needs no restart.
 *
 * @param certificates the server's chain, its own certificate first
 * @param key its private key, PKCS #8
 * @param clients those whose certificates are verified; empty: clients are not asked for any
 * @param reload how often the files are checked
 */
public record TlsFiles(Path certificates, Path key, Optional<Clients> clients, Duration reload) {

  /** Whether clients are asked for a certificate; one that cannot be verified is always refused. */
  public enum ClientCertificates {
    /** Clients are not asked; all of them are anonymous. */
    NONE,

    /** Clients are asked; one without a certificate is anonymous. */
    REQUEST,

    /** A client without a certificate cannot connect. */
    REQUIRE
  }

  /**
   * The clients whose certificates are verified.
   *
   * @param authorities the PEM file of those who sign certificates of clients
   * @param certificates whether clients must have one; not {@code NONE}
   * @param domains whose SPIFFE ids are identities
   */
  public record Clients(Path authorities, ClientCertificates certificates, TrustDomains domains) {
    public Clients {
      if (certificates == ClientCertificates.NONE) {
        throw new IllegalArgumentException(
            "clients are not asked for certificates: none is verified");
      }
    }

    /** Every client must have a certificate. */
    public static Clients requiredBy(Path authorities) {
      return new Clients(authorities, ClientCertificates.REQUIRE, TrustDomains.ANY);
    }
  }

  public static TlsFiles of(Path certificates, Path key) {
    return new TlsFiles(certificates, key, Optional.empty(), Duration.ofMinutes(1));
  }

  public TlsFiles withClients(Clients verified) {
    return new TlsFiles(certificates, key, Optional.of(verified), reload);
  }

  public TlsFiles withReload(Duration often) {
    return new TlsFiles(certificates, key, clients, often);
  }

  /** All configured files. */
  ImmutableList<Path> all() {
    return Stream.concat(Stream.of(certificates, key), clients.map(Clients::authorities).stream())
        .collect(ImmutableList.toImmutableList());
  }
}
