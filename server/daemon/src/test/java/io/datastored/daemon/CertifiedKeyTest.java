package io.datastored.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.testing.TlsTesting;
import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import org.junit.jupiter.api.Test;

final class CertifiedKeyTest {

  @Test
  void of_pair_isRead() throws Exception {
    assertThat(CertifiedKey.of(pem("server1.pem"), pem("server1.key")).chain()).isNotEmpty();
  }

  @Test
  void of_keyOfAnotherCertificate_isRefused() {
    assertThatThrownBy(() -> CertifiedKey.of(pem("server1.pem"), pem("client.key")))
        .isInstanceOf(GeneralSecurityException.class)
        .hasMessageContaining("not that of the certificate");
  }

  @Test
  void of_keyOfAnotherKind_isRefused() {
    assertThatThrownBy(() -> CertifiedKey.of(pem("server1.pem"), pem("ecdsa.key")))
        .isInstanceOf(GeneralSecurityException.class);
  }

  private static byte[] pem(String name) throws IOException {
    try (InputStream in = TlsTesting.loadCert(name)) {
      return in.readAllBytes();
    }
  }
}
