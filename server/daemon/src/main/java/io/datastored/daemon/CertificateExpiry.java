package io.datastored.daemon;

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
 * A certificate expiry warns before and after the server's certificate expires, and if its files
 * cannot be read. Thread-safe: one volatile word.
 */
final class CertificateExpiry {
  /** Three weeks leave time to plan, request and make a renewal by hand. */
  private static final Duration WARNING = Duration.ofDays(21);

  private static final String END = "end";
  private static final String FILES = "files";

  private final ImmutableList<Path> files;
  private final Troubles troubles;
  private final InstantSource clock;
  private volatile Instant expires = Instant.MAX;

  CertificateExpiry(TlsFiles files, Troubles troubles, InstantSource clock) {
    this.files = files.all();
    this.troubles = troubles;
    this.clock = clock;
  }

  /** The earliest expiry in the certificate chain in use. */
  Instant expires() {
    return expires;
  }

  /** Records that this chain is now in use. */
  void uses(X509Certificate[] chain) {
    expires =
        Arrays.stream(chain)
            .map(certificate -> certificate.getNotAfter().toInstant())
            .min(Instant::compareTo)
            .orElse(Instant.MAX);
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
            .formatted(files, why, date()));
  }

  /** Warns if it is time to. */
  void look() {
    Instant now = clock.instant();
    if (!now.isBefore(expires)) {
      troubles.raise(
          TroubleCause.CERTIFICATE,
          END,
          "the server's certificate has expired on %s, clients refuse it: renew %s"
              .formatted(date(), files.get(0)));
    } else if (now.plus(WARNING).isAfter(expires)) {
      troubles.raise(
          TroubleCause.CERTIFICATE,
          END,
          "the server's certificate expires on %s: renew %s".formatted(date(), files.get(0)));
    } else {
      troubles.clear(TroubleCause.CERTIFICATE, END);
    }
  }

  private Instant date() {
    return expires.truncatedTo(ChronoUnit.SECONDS);
  }
}
