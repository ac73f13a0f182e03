package io.datastored.etcd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.datastored.etcd.client.EtcdException.Kind;
import io.datastored.etcd.client.EtcdOptions.Identity;
import io.datastored.etcd.client.EtcdOptions.Tls;
import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An etcd with a certificate, which wants one of its clients. */
final class EtcdTlsTest {

  private static final RangeQuery READ = RangeQuery.of("a");

  @TempDir Path directory;
  private X509Bundle authority;
  private FakeEtcd etcd;

  @BeforeEach
  void start() throws Exception {
    authority = authority();
    X509Bundle server =
        new CertificateBuilder()
            .subject("CN=etcd")
            .addSanIpAddress("127.0.0.1")
            .ecp256()
            .buildIssuedBy(authority);
    ServerCredentials credentials =
        TlsServerCredentials.newBuilder()
            .keyManager(
                write("etcd.pem", server.getCertificatePathPEM()).toFile(),
                write("etcd.key", server.getPrivateKeyPEM()).toFile())
            .trustManager(write("ca.pem", authority.getCertificatePEM()).toFile())
            .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
            .build();
    etcd = FakeEtcd.start(credentials);
  }

  @AfterEach
  void stop() {
    etcd.close();
  }

  private static X509Bundle authority() throws Exception {
    return new CertificateBuilder()
        .subject("CN=authority")
        .setIsCertificateAuthority(true)
        .ecp256()
        .buildSelfSigned();
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  private Identity identity() throws Exception {
    X509Bundle client =
        new CertificateBuilder().subject("CN=datastored").ecp256().buildIssuedBy(authority);
    return new Identity(
        write("client.pem", client.getCertificatePathPEM()),
        write("client.key", client.getPrivateKeyPEM()));
  }

  private EtcdClient open(Path trusted, Optional<Identity> identity) throws IOException {
    return EtcdClient.open(etcd.options().tls(new Tls(Optional.of(trusted), identity)).build());
  }

  @Test
  void client_withTheFiles_isServed_onItsWatchesToo() throws Exception {
    try (EtcdClient client = open(directory.resolve("ca.pem"), Optional.of(identity()))) {
      assertThat(client.range(READ).revision()).isEqualTo(7);
      client.watch(new WatchQuery(KeyRange.of("a"), 1), new RecordedWatch()).close();
    }
  }

  @Test
  void client_withoutACertificate_isNotServed() throws Exception {
    try (EtcdClient client = open(directory.resolve("ca.pem"), Optional.empty())) {
      assertThat(catchThrowableOfType(EtcdException.class, () -> client.range(READ)).kind())
          .isEqualTo(Kind.ELSEWHERE);
    }
  }

  @Test
  void etcd_thatIsNotTrusted_isSentNothing() throws Exception {
    Path others = write("others.pem", authority().getCertificatePEM());
    try (EtcdClient client = open(others, Optional.of(identity()))) {
      EtcdException refused =
          catchThrowableOfType(
              EtcdException.class, () -> client.commit(Txn.when().then(Op.put("a", "1"))));
      assertThat(refused.kind()).isEqualTo(Kind.ELSEWHERE);
      assertThat(etcd.calls).isEmpty();
    }
  }

  @Test
  void file_thatIsNotThere_isReportedAtOnce() {
    assertThatThrownBy(() -> open(directory.resolve("nothing.pem"), Optional.empty()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nothing.pem");
  }
}
