package io.datastored.service.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class CertifiedNameTest {
  private static final int EMAIL = 1;
  private static final int DNS = 2;
  private static final int URI = 6;

  @Test
  void oneSpiffeId_isIt() {
    assertThat(of("CN=x", List.of(DNS, "host.example"), List.of(URI, "spiffe://prod.example/ns/a")))
        .contains("spiffe://prod.example/ns/a");
    assertThat(of("", List.of(URI, "spiffe://prod.example/backup")))
        .contains("spiffe://prod.example/backup");
  }

  @Test
  void twoUrisOrNoSpiffeId_isTheFirstDnsName() {
    assertThat(
            of(
                "CN=x",
                List.of(URI, "spiffe://a.example/x"),
                List.of(URI, "spiffe://b.example/y"),
                List.of(DNS, "One.Example"),
                List.of(DNS, "two.example")))
        .contains("dns:one.example");
    for (String uri :
        List.of(
            "https://a.example", "spiffe:///x", "spiffe://a:1/x", "spiffe://a/x?q", "spiffe:")) {
      assertThat(of("CN=x", List.of(URI, uri), List.of(DNS, "one"))).contains("dns:one");
    }
  }

  @Test
  void noSuchName_isTheCommonName() {
    assertThat(of("CN=backup, O=Acme, C=DE")).contains("cn:backup");
    assertThat(of("CN=near, CN=far")).contains("cn:near");
    assertThat(of("CN=x", List.of(EMAIL, "a@b.example"))).contains("cn:x");
  }

  @Test
  void noCommonName_isTheWholeSubjectAndNoCommonNamePassesForIt() {
    assertThat(of("O=Acme,C=DE")).contains("cn:O=Acme,C=DE");
    assertThat(of("CN=\"O=Acme,C=DE\"")).isPresent().isNotEqualTo(of("O=Acme,C=DE"));
  }

  @Test
  void lineEndInAName_isEscaped() {
    Optional<String> forged = of("CN=\"eve\n2026-11-28 INFO AuditLog maintenance mode changed\"");
    assertThat(forged).isPresent();
    assertThat(forged.get()).startsWith("cn:eve").doesNotContain("\n").contains("\\u{a}");
    assertThat(of("CN=x", List.of(DNS, "a\nb"))).contains("dns:a\\u{a}b");
  }

  @Test
  void emptySubjectWithoutNames_isNobody() {
    assertThat(of("")).isEmpty();
  }

  private static Optional<String> of(String subject, List<?>... names) {
    return CertifiedName.of(new FakeCertificate(subject, List.of(names)))
        .map(principal -> principal.text());
  }
}
