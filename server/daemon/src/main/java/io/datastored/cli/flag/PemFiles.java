package io.datastored.cli.flag;

import io.datastored.daemon.CertifiedKey;
import io.grpc.util.CertificateUtils;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;

/**
 * PEM files are the files for TLS that were named on the command line. Stateless. They are checked
 * before a channel is opened, which reads them too late to report what is wrong with them.
 */
final class PemFiles {

  private PemFiles() {}

  /** Refuses a file without certificates. */
  static void requireCertificates(File certificates) throws IOException, GeneralSecurityException {
    try (InputStream in = new FileInputStream(certificates)) {
      CertificateUtils.getX509Certificates(in);
    } catch (CertificateException e) {
      throw new CertificateException(certificates + " holds no PEM certificates", e);
    }
  }

  /** Refuses a certificate whose key is another one: it would only fail the handshake. */
  static void requirePair(File certificates, File key)
      throws IOException, GeneralSecurityException {
    try {
      CertifiedKey.of(bytes(certificates), bytes(key));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new GeneralSecurityException(
          "%s, %s: %s".formatted(certificates, key, e.getMessage()), e);
    }
  }

  private static byte[] bytes(File file) throws IOException {
    try (InputStream in = new FileInputStream(file)) {
      return in.readAllBytes();
    }
  }
}
