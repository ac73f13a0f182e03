package io.datastored.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.engine.health.Trouble;
import io.datastored.engine.health.TroubleCause;
import io.datastored.engine.health.Troubles;
import io.grpc.testing.TlsTesting;
import io.grpc.util.CertificateUtils;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class CertificateExpiryTest {
  private static final TlsFiles FILES =
      TlsFiles.of(Path.of("cert.pem"), Path.of("key.pem"))
          .withClients(TlsFiles.Clients.requiredBy(Path.of("clients.pem")));

  private Instant now = Instant.EPOCH;
  private final Troubles troubles = new Troubles(() -> now);
  private final CertificateExpiry expiry = new CertificateExpiry(FILES, troubles, () -> now);
  private X509Certificate[] authorities;
  private Instant end;

  @BeforeEach
  void use() throws Exception {
    X509Certificate[] chain =
        CertificateUtils.getX509Certificates(TlsTesting.loadCert("server1.pem"));
    authorities = CertificateUtils.getX509Certificates(TlsTesting.loadCert("ca.pem"));
    end = chain[0].getNotAfter().toInstant();
    expiry.uses(chain, authorities);
  }

  @Test
  void look_moreThanThreeWeeksBefore_saysNothing() {
    now = end.minus(Duration.ofDays(22));
    expiry.look();

    assertThat(expiry.expires()).isEqualTo(end);
    assertThat(told()).isEmpty();
  }

  @Test
  void look_lessThanThreeWeeksBefore_warns() {
    now = end.minus(Duration.ofDays(20));
    expiry.look();

    assertThat(told()).get().asString().contains("expires on " + end).contains("renew cert.pem");
  }

  @Test
  void look_afterTheEnd_saysThatClientsRefuseIt() {
    now = end;
    expiry.look();

    assertThat(told()).get().asString().contains("has expired on " + end);
  }

  @Test
  void look_afterARenewal_isOver() {
    now = end;
    expiry.look();
    now = end.minus(Duration.ofDays(300)); // as a certificate that ends later
    expiry.look();

    assertThat(told()).isEmpty();
  }

  @Test
  void look_authorityOfClients_warnsAheadAndAfterItsEnd() {
    Instant last = authorities[0].getNotAfter().toInstant();
    expiry.uses(new X509Certificate[] {}, authorities);
    now = last.minus(Duration.ofDays(22));
    expiry.look();
    assertThat(told()).isEmpty();

    now = last.minus(Duration.ofDays(20));
    expiry.look();
    assertThat(told())
        .get()
        .asString()
        .contains("authority 'CN=testca")
        .contains("expires on " + last)
        .contains("add its successor to clients.pem");

    now = last;
    expiry.look();
    assertThat(told()).get().asString().contains("has expired on " + last);
  }

  @Test
  void unreadable_isToldUntilItIsReadable() {
    now = end.minus(Duration.ofDays(300));
    expiry.unreadable(new IOException("Permission denied"));
    assertThat(told()).get().asString().contains("Permission denied").contains("until " + end);

    expiry.readable();
    assertThat(told()).isEmpty();
  }

  private Optional<String> told() {
    return troubles.ofServer(TroubleCause.CERTIFICATE).map(Trouble::message);
  }
}
