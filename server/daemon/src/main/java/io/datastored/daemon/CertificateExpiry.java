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
 * A certificate expiry warns before and when the server's certificate ends, and when its files
 * cannot be read. Thread-safe: one volatile word.
 */
final class CertificateExpiry {
  /** Three weeks: a renewal by hand is planned, asked for and done in it. */
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

  /** When the first certificate of the chain in use ends. */
  Instant expires() {
    return expires;
  }

  /** This chain is in use from now on. */
  void uses(X509Certificate[] chain) {
    expires =
        Arrays.stream(chain)
            .map(certificate -> certificate.getNotAfter().toInstant())
            .min(Instant::compareTo)
            .orElse(Instant.MAX);
  }

  /** The files are read again and can be used. */
  void readable() {
    troubles.clear(TroubleCause.CERTIFICATE, FILES);
  }

  /** The files cannot be used, and what was read last still is. */
  void unreadable(Exception why) {
    troubles.raise(
        TroubleCause.CERTIFICATE,
        FILES,
        "cannot use the TLS files %s: %s; the last good certificate is used until %s"
            .formatted(files, why, date()));
  }

  /** Looks whether it is time to warn. */
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
