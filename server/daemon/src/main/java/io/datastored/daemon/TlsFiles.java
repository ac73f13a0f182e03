package io.datastored.daemon;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * TLS files are the PEM files that a server proves itself with. Immutable. They are read again when
 * they change, so a renewed certificate needs no restart.
 *
 * @param certificates the server's chain, its own first
 * @param key its private key, PKCS #8
 * @param clientAuthorities when present every client must show a certificate that one of these has
 *     signed
 * @param reload how often the files are looked at
 */
public record TlsFiles(
    Path certificates, Path key, Optional<Path> clientAuthorities, Duration reload) {

  public static TlsFiles of(Path certificates, Path key) {
    return new TlsFiles(certificates, key, Optional.empty(), Duration.ofMinutes(1));
  }

  public TlsFiles withClientAuthorities(Path authorities) {
    return new TlsFiles(certificates, key, Optional.of(authorities), reload);
  }

  public TlsFiles withReload(Duration reload) {
    return new TlsFiles(certificates, key, clientAuthorities, reload);
  }

  /** The files that there are. */
  ImmutableList<Path> all() {
    return Stream.concat(Stream.of(certificates, key), clientAuthorities.stream())
        .collect(ImmutableList.toImmutableList());
  }
}
