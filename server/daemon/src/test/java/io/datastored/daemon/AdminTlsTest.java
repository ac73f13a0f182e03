package io.datastored.daemon;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.datastored.admin.AdminAddress;
import io.datastored.admin.AdminExposure;
import java.io.FileInputStream;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The admin port over HTTPS. */
final class AdminTlsTest {
  @TempDir Path directory;

  private DaemonOptions.Builder options;

  @BeforeEach
  void prepare() throws Exception {
    options = new DaemonSite(directory).write("datastore: main\n\tpath /srv/main\n").options();
    options.admin.listen = Optional.of(AdminAddress.parse("127.0.0.1:0"));
    options.admin.exposure = AdminExposure.ENCRYPTED;
  }

  @Test
  void encrypted_showsTheCertificateOfTheServer() throws Exception {
    TestAuthority authority = TestAuthority.named("authority");
    options.tls = Optional.of(authority.server(directory));

    try (Daemon daemon = Daemon.start(options.build())) {
      String url = daemon.adminUrl().orElseThrow();
      assertThat(url).startsWith("https://");

      assertThat(read(new URL(url + "/readyz"), authority.file(directory))).isEqualTo("ready\n");
      assertThat(read(new URL(url + "/metrics"), authority.file(directory)))
          .contains("datastored_certificate_expiry_timestamp_seconds ");
    }
  }

  private static String read(URL url, Path authority) throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (InputStream in = new FileInputStream(authority.toFile())) {
      trusted.setCertificateEntry(
          "authority", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    var connection = (HttpsURLConnection) url.openConnection();
    connection.setSSLSocketFactory(context.getSocketFactory());
    try (InputStream in = connection.getInputStream()) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  @Test
  void encrypted_withoutACertificate_preventsTheStart() {
    DaemonStartException refused =
        catchThrowableOfType(DaemonStartException.class, () -> Daemon.start(options.build()));

    assertThat(refused.kind()).isEqualTo(DaemonStartException.Kind.OPTIONS);
    assertThat(refused).hasMessageContaining("--tls-cert");
  }
}
