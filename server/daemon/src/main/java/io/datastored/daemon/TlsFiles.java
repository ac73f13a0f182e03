package io.datastored.daemon;

import com.google.common.collect.ImmutableList;
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
 * @param clientAuthorities if present, every client must show a certificate that one of these has
 *     signed
 * @param reload how often the files are checked
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

  /** All configured files. */
  ImmutableList<Path> all() {
    return Stream.concat(Stream.of(certificates, key), clientAuthorities.stream())
        .collect(ImmutableList.toImmutableList());
  }
}
