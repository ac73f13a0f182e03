package io.datastored.daemon;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.util.CertificateUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;

/**
 * A certified key is a private key with its certificate chain, checked to match. A renewal replaces
 * two files one after the other, and a mixed pair would fail every handshake. Immutable by
 * agreement.
 */
@SuppressWarnings("ArrayRecordComponent") // the type that the key manager takes; never compared
public record CertifiedKey(PrivateKey key, X509Certificate[] chain) {

  /**
   * Reads a pair from the contents of PEM files.
   *
   * @throws GeneralSecurityException if one of them is invalid, or they do not match
   */
  public static CertifiedKey of(byte[] certificates, byte[] key)
      throws IOException, GeneralSecurityException {
    X509Certificate[] chain =
        CertificateUtils.getX509Certificates(new ByteArrayInputStream(certificates));
    PrivateKey secret = CertificateUtils.getPrivateKey(new ByteArrayInputStream(key));
    if (chain.length == 0) {
      throw new GeneralSecurityException("there is no certificate");
    }
    if (!signs(secret, chain[0])) {
      throw new InvalidKeyException("the key is not that of the certificate");
    }
    return new CertifiedKey(secret, chain);
  }

  private static boolean signs(PrivateKey key, X509Certificate certificate)
      throws GeneralSecurityException {
    if (!key.getAlgorithm().equals(certificate.getPublicKey().getAlgorithm())) {
      return false;
    }
    Signature signature = Signature.getInstance(algorithm(key));
    byte[] sample = "the same pair".getBytes(UTF_8);
    signature.initSign(key);
    signature.update(sample);
    byte[] signed = signature.sign();
    signature.initVerify(certificate.getPublicKey());
    signature.update(sample);
    return signature.verify(signed);
  }

  private static String algorithm(PrivateKey key) {
    return switch (key.getAlgorithm()) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      default -> key.getAlgorithm();
    };
  }
}
