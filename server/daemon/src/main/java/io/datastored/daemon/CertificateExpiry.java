package io.datastored.daemon;

import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import io.datastored.engine.health.TroubleCause;
import io.datastored.engine.health.Troubles;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;

/**
 * A certificate expiry warns before and after the server's certificate or one of its clients'
 * authorities expires, and if its files cannot be read. Thread-safe: volatile words.
 */
final class CertificateExpiry {
  /** Three weeks leave time to plan, request and make a renewal by hand. */
  private static final Duration WARNING = Duration.ofDays(21);

  private static final String END = "end";
  private static final String AUTHORITIES = "authorities";
  private static final String FILES = "files";

  private final ImmutableList<Path> files;
  private final Troubles troubles;
  private final InstantSource clock;
  private volatile Instant expires = Instant.MAX;
  private volatile ImmutableList<X509Certificate> authorities = ImmutableList.of();

  CertificateExpiry(TlsFiles files, Troubles troubles, InstantSource clock) {
    this.files = files.all();
    this.troubles = troubles;
    this.clock = clock;
  }

  /** The earliest expiry in the certificate chain in use. */
  Instant expires() {
    return expires;
  }

  /** Records that this chain and these authorities of clients are now in use. */
  void uses(X509Certificate[] chain, X509Certificate[] authorities) {
    expires =
        Arrays.stream(chain)
            .map(CertificateExpiry::end)
            .min(Instant::compareTo)
            .orElse(Instant.MAX);
    this.authorities = ImmutableList.copyOf(authorities);
  }

  /** Records that the files are readable and valid again. */
  void readable() {
    troubles.clear(TroubleCause.CERTIFICATE, FILES);
  }

  /** Records that the files cannot be used; the last good ones stay in use. */
  void unreadable(Exception why) {
    troubles.raise(
        TroubleCause.CERTIFICATE,
        FILES,
        "cannot use the TLS files %s: %s; the last good certificate is used until %s"
            .formatted(files, why, date(expires)));
  }

  /** Warns if it is time to. */
  void look() {
    Instant now = clock.instant();
    raiseOrClear(
        END,
        !isSoon(expires, now)
            ? ""
            : now.isBefore(expires)
                ? "the server's certificate expires on %s: renew %s"
                    .formatted(date(expires), files.get(0))
                : "the server's certificate has expired on %s, clients refuse it: renew %s"
                    .formatted(date(expires), files.get(0)));
    raiseOrClear(
        AUTHORITIES,
        authorities.stream()
            .filter(authority -> isSoon(end(authority), now))
            .map(authority -> text(authority, now))
            .collect(joining("; ")));
  }

  private String text(X509Certificate authority, Instant now) {
    Object file = files.get(files.size() - 1);
    return (now.isBefore(end(authority))
            ? "the authority '%s' of client certificates expires on %s, then its clients cannot"
                + " connect: add its successor to %s"
            : "the authority '%s' of client certificates has expired on %s, its clients cannot"
                + " connect: replace it in %s")
        .formatted(authority.getSubjectX500Principal().getName(), date(end(authority)), file);
  }

  private void raiseOrClear(String about, String message) {
    if (message.isEmpty()) {
      troubles.clear(TroubleCause.CERTIFICATE, about);
    } else {
      troubles.raise(TroubleCause.CERTIFICATE, about, message);
    }
  }

  private static boolean isSoon(Instant end, Instant now) {
    return now.plus(WARNING).isAfter(end);
  }

  private static Instant end(X509Certificate certificate) {
    return certificate.getNotAfter().toInstant();
  }

  private static Instant date(Instant end) {
    return end.truncatedTo(ChronoUnit.SECONDS);
  }
}
