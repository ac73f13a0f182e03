package io.datastored.etcd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.datastored.etcd.client.EtcdOptions.Endpoint;
import io.datastored.etcd.client.EtcdOptions.Tls;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EtcdOptionsTest {

  @Test
  void endpoint_hasTheFormsOfEtcdctl() {
    EtcdOptions options =
        EtcdOptions.builder()
            .endpoints("etcd1", "etcd2:4001", "https://etcd3:2379/", "http://[::1]:2379")
            .build();
    assertThat(options.endpoints())
        .containsExactly(
            new Endpoint("etcd1", 2379, false),
            new Endpoint("etcd2", 4001, false),
            new Endpoint("etcd3", 2379, true),
            new Endpoint("[::1]", 2379, false));
  }

  @Test
  void endpoint_withoutAScheme_usesTls_ifThereAreFilesForIt() {
    EtcdOptions options =
        EtcdOptions.builder()
            .endpoints("etcd1", "http://etcd2")
            .tls(new Tls(Optional.empty(), Optional.empty()))
            .build();
    assertThat(options.endpoints()).extracting(Endpoint::secure).containsExactly(true, false);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ftp://etcd", "etcd:port", "http://etcd/v3", "a b", "unix:/run/etcd"})
  void endpoint_thatIsNone_isRefused_withItsText(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EtcdOptions.builder().endpoints(text).build())
        .withMessageContaining("\"" + text + "\"");
  }

  @Test
  void options_outOfRange_areRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> EtcdOptions.builder().build());
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> EtcdOptions.builder().endpoints("a").requestTimeout(Duration.ZERO).build());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EtcdOptions.builder().endpoints("a").mostResponseBytes(0).build());
  }

  @Test
  void toString_doesNotShowThePassword() {
    EtcdOptions options = EtcdOptions.builder().endpoints("a").login("u", "secret").build();
    assertThat(options.toString()).contains("u").doesNotContain("secret");
  }
}
