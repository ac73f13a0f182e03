package io.datastored.service.wire;

import io.datastored.lease.Principal;
import java.net.URI;
import java.net.URISyntaxException;
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

/**
 * A certified name is the name of a client in its verified certificate. Stateless. The order: the
 * only URI that is a SPIFFE id, else the first DNS name, else the common name, else the whole
 * subject.
 */
final class CertifiedName {
  private static final int DNS = 2;
  private static final int URI_NAME = 6;

  private CertifiedName() {}

  /** The name, or empty if the certificate has none. */
  static Optional<Principal> of(X509Certificate certificate) {
    List<String> uris = names(certificate, URI_NAME);
    if (uris.size() == 1 && isSpiffe(uris.get(0))) {
      return Optional.of(Principal.named("", uris.get(0)));
    }
    return names(certificate, DNS).stream()
        .filter(name -> !name.isEmpty())
        .findFirst()
        .map(name -> Principal.named("dns:", name.toLowerCase(Locale.ROOT)))
        .or(() -> subject(certificate.getSubjectX500Principal()));
  }

  private static List<String> names(X509Certificate certificate, int kind) {
    Collection<List<?>> all;
    try {
      all = certificate.getSubjectAlternativeNames();
    } catch (CertificateParsingException e) {
      return List.of();
    }
    return all == null
        ? List.of()
        : all.stream()
            .filter(name -> Integer.valueOf(kind).equals(name.get(0)))
            .map(name -> String.valueOf(name.get(1)))
            .toList();
  }

  private static boolean isSpiffe(String text) {
    try {
      URI uri = new URI(text);
      return "spiffe".equals(uri.getScheme())
          && uri.getHost() != null
          && uri.getUserInfo() == null
          && uri.getPort() == -1
          && uri.getQuery() == null
          && uri.getFragment() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static Optional<Principal> subject(X500Principal subject) {
    String whole = subject.getName();
    if (whole.isEmpty()) {
      return Optional.empty();
    }
    // A common name must not be mistaken for the whole of another subject.
    return Optional.of(
        commonName(whole)
            .map(name -> Principal.named("cn:", name.replace("=", "\\=")))
            .orElseGet(() -> Principal.named("cn:", whole)));
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
