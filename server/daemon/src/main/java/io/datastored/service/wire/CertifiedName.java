package io.datastored.service.wire;

import com.google.common.collect.ImmutableList;
import io.datastored.access.Identity;
import io.datastored.access.Principal;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * A certified name is what a verified certificate says of who its client is. Immutable. The order:
 * the SPIFFE id, else the DNS names, else the common name, else the whole subject.
 */
sealed interface CertifiedName {

  /**
   * A client that is known by name; by several only if they are DNS names.
   *
   * @param identity with the first of them as its principal
   */
  record Named(Identity identity) implements CertifiedName {}

  /** A certificate without any name: its client is anonymous. */
  record Nameless() implements CertifiedName {}

  /**
   * A certificate whose client may call nothing, not even as anonymous.
   *
   * @param why one sentence for its owner
   */
  record Refused(String why) implements CertifiedName {}

  /** The name in a certificate. */
  static CertifiedName of(X509Certificate certificate, TrustDomains domains) {
    @Nullable Collection<List<?>> all;
    try {
      all = certificate.getSubjectAlternativeNames();
    } catch (CertificateParsingException e) {
      return new Refused("the names in the client's certificate cannot be read");
    }
    List<String> uris = names(all, 6);
    if (uris.stream().anyMatch(TrustDomains::isClaimed)) {
      return domains
          .refusal(uris)
          .<CertifiedName>map(Refused::new)
          .orElseGet(() -> named(List.of(Principal.named("", uris.get(0)))));
    }
    List<Principal> hosts =
        names(all, 2).stream()
            .filter(name -> !name.isEmpty())
            .map(name -> Principal.named("dns:", name.toLowerCase(Locale.ROOT)))
            .distinct()
            .toList();
    return hosts.isEmpty() ? subject(certificate.getSubjectX500Principal()) : named(hosts);
  }

  /** A name that is not trusted, on one line. */
  static String shown(String name) {
    return name.isEmpty() ? name : Principal.named("", name).text();
  }

  private static CertifiedName named(List<Principal> names) {
    return new Named(
        new Identity(
            names.get(0),
            names.stream().map(Principal::text).collect(ImmutableList.toImmutableList())));
  }

  private static List<String> names(@Nullable Collection<List<?>> all, int kind) {
    return all == null
        ? List.of()
        : all.stream()
            .filter(name -> Integer.valueOf(kind).equals(name.get(0)))
            .map(name -> String.valueOf(name.get(1)))
            .toList();
  }

  private static CertifiedName subject(X500Principal subject) {
    String whole = subject.getName();
    if (whole.isEmpty()) {
      return new Nameless();
    }
    // A common name must not be mistaken for the whole of another subject.
    return named(
        List.of(
            Principal.named(
                "cn:", commonName(whole).map(name -> name.replace("=", "\\=")).orElse(whole))));
  }

  private static Optional<String> commonName(String subject) {
    try {
      var name = new LdapName(subject);
      // The last one is the most specific.
      for (int at = name.size() - 1; at >= 0; at--) {
        Attribute common = name.getRdn(at).toAttributes().get("CN");
        if (common != null && common.get() instanceof String text && !text.isEmpty()) {
          return Optional.of(text);
        }
      }
      return Optional.empty();
    } catch (NamingException e) {
      return Optional.empty();
    }
  }
}
