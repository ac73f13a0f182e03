package io.datastored.service.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class CertifiedNameTest {
  private static final int EMAIL = 1;
  private static final int DNS = 2;
  private static final int URI = 6;

  private static final List<?> WORKLOAD = List.of(URI, "spiffe://prod.example/ns/a");

  @Test
  void oneSpiffeId_isTheOnlyName() {
    assertThat(names("CN=x", List.of(DNS, "host.example"), WORKLOAD))
        .containsExactly("spiffe://prod.example/ns/a");
    assertThat(names("", WORKLOAD)).containsExactly("spiffe://prod.example/ns/a");
  }

  @Test
  void spiffeIdBesideAnotherUri_isRefused() {
    for (String other : List.of("spiffe://b.example/y", "https://a.example", "spiffe:")) {
      assertThat(refusal(WORKLOAD, List.of(URI, other), List.of(DNS, "one")))
          .contains("must be the only one");
      assertThat(refusal(List.of(URI, other), WORKLOAD)).contains("must be the only one");
    }
  }

  @Test
  void malformedSpiffeId_isRefusedAndNotPassedOver() {
    for (String id :
        List.of(
            "spiffe:",
            "spiffe:///x",
            "spiffe://a",
            "spiffe://a/",
            "spiffe://a/x/",
            "spiffe://a//x",
            "spiffe://a/../x",
            "spiffe://a/x/.",
            "spiffe://A/x",
            "SPIFFE://a/x",
            "spiffe://a:1/x",
            "spiffe://u@a/x",
            "spiffe://a/x?q",
            "spiffe://a/x#f",
            "spiffe://a/%78",
            "spiffe://a/x\ny",
            "spiffe://a/" + "x".repeat(2048))) {
      assertThat(refusal(List.of(URI, id), List.of(DNS, "one")))
          .contains("is not a valid SPIFFE id")
          .doesNotContain("\n");
    }
    assertThat(names("", List.of(URI, "spiffe://a/..x/.y/z."))).hasSize(1);
  }

  @Test
  void spiffeId_ofAnotherTrustDomain_isRefused() {
    var domains = TrustDomains.only(List.of("prod.example", "lab.example"));

    assertThat(of(domains, "", WORKLOAD)).isInstanceOf(CertifiedName.Named.class);
    assertThat(of(domains, "CN=x", List.of(URI, "spiffe://dev.example/a")))
        .isEqualTo(
            new CertifiedName.Refused(
                "the client's SPIFFE id spiffe://dev.example/a is of trust domain 'dev.example',"
                    + " which this server does not accept"));
    // Not a matter of SPIFFE: known by its DNS name, whatever the trust domains.
    assertThat(of(domains, "", List.of(DNS, "one"))).isInstanceOf(CertifiedName.Named.class);
  }

  @Test
  void trustDomain_isWrittenAsInTheId() {
    for (String name : List.of("", "Prod.example", "spiffe://prod.example", "a b")) {
      assertThatThrownBy(() -> TrustDomains.only(List.of(name)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'" + name + "' is not a trust domain");
    }
  }

  @Test
  void dnsNames_theFirstIsShownAndAllMatch() {
    assertThat(
            names(
                "CN=x",
                List.of(URI, "https://a.example"),
                List.of(DNS, "One.Example"),
                List.of(DNS, ""),
                List.of(DNS, "two.example"),
                List.of(DNS, "one.example")))
        .containsExactly("dns:one.example", "dns:two.example");
  }

  @Test
  void noSuchName_isTheCommonName() {
    assertThat(names("CN=backup, O=Acme, C=DE")).containsExactly("cn:backup");
    assertThat(names("CN=near, CN=far")).containsExactly("cn:near");
    assertThat(names("CN=x", List.of(EMAIL, "a@b.example"))).containsExactly("cn:x");
  }

  @Test
  void noCommonName_isTheWholeSubjectAndNoCommonNamePassesForIt() {
    assertThat(names("O=Acme,C=DE")).containsExactly("cn:O=Acme,C=DE");
    assertThat(names("CN=\"O=Acme,C=DE\"")).hasSize(1).doesNotContain("cn:O=Acme,C=DE");
  }

  @Test
  void lineEndInAName_isEscaped() {
    assertThat(names("CN=\"eve\n2026-11-28 INFO AuditLog maintenance mode changed\""))
        .singleElement()
        .asString()
        .startsWith("cn:eve\\u{a}");
    assertThat(names("CN=x", List.of(DNS, "a\nb"))).containsExactly("dns:a\\u{a}b");
  }

  @Test
  void emptySubjectWithoutNames_isNobody() {
    assertThat(of(TrustDomains.ANY, "")).isEqualTo(new CertifiedName.Nameless());
  }

  private static List<String> names(String subject, List<?>... names) {
    var named = (CertifiedName.Named) of(TrustDomains.ANY, subject, names);
    assertThat(named.identity().principal().text()).isEqualTo(named.identity().names().get(0));
    return named.identity().names();
  }

  private static String refusal(List<?>... names) {
    return ((CertifiedName.Refused) of(TrustDomains.ANY, "CN=x", names)).why();
  }

  private static CertifiedName of(TrustDomains domains, String subject, List<?>... names) {
    return CertifiedName.of(new FakeCertificate(subject, List.of(names)), domains);
  }
}
