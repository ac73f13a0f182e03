package io.datastored.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.service.wire.TrustDomains;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** When the log warns of who can connect. */
final class AccessStartTest {

  private static final TlsFiles TLS = TlsFiles.of(Path.of("cert.pem"), Path.of("key.pem"));

  private static Optional<String> warning(Consumer<DaemonOptions.Builder> changes) {
    var options = new DaemonOptions.Builder(Path.of("/x.cfg"), Path.of("/state"));
    changes.accept(options);
    return AccessStart.warning(options.build());
  }

  private static List<ListenAddress> listen(String address) {
    return List.of(ListenAddress.parse("127.0.0.1:1"), ListenAddress.parse(address));
  }

  @Test
  void open_isWarnedOf_whereverItListens() {
    assertThat(warning(to -> to.access.open = true)).get().asString().startsWith("--open: ");
  }

  @Test
  void builtInRules_areWarnedOf_whereOtherHostsNeedNoCertificate() {
    String guests = "clients of other hosts without a certificate";
    assertThat(warning(to -> {})).isEmpty();
    assertThat(warning(to -> to.listen = listen("unix:/s"))).isEmpty();
    assertThat(
            warning(
                to -> {
                  to.listen = listen("0.0.0.0:7400");
                  to.exposure = Exposure.INSECURE;
                }))
        .get()
        .asString()
        .startsWith(guests);
    assertThat(
            warning(
                to -> {
                  to.listen = listen("0.0.0.0:7400");
                  to.tls = Optional.of(TLS);
                }))
        .get()
        .asString()
        .startsWith(guests);
    assertThat(
            warning(
                to -> {
                  to.listen = listen("0.0.0.0:7400");
                  to.tls =
                      Optional.of(TLS.withClients(TlsFiles.Clients.requiredBy(Path.of("ca.pem"))));
                }))
        .isEmpty();
    assertThat(
            warning(
                to -> {
                  to.listen = listen("0.0.0.0:7400");
                  to.tls =
                      Optional.of(
                          TLS.withClients(
                              new TlsFiles.Clients(
                                  Path.of("ca.pem"),
                                  TlsFiles.ClientCertificates.REQUEST,
                                  TrustDomains.ANY)));
                }))
        .get()
        .asString()
        .startsWith(guests);
  }

  @Test
  void rulesOfTheOperator_areNotWarnedOf() {
    assertThat(
            warning(
                to -> {
                  to.listen = listen("0.0.0.0:7400");
                  to.exposure = Exposure.INSECURE;
                  to.access.rules = Optional.of(Path.of("/rules"));
                }))
        .isEmpty();
  }
}
