package io.datastored.service.wire;

import com.google.common.collect.ImmutableSet;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Trust domains are the SPIFFE trust domains whose ids are identities here. Immutable.
 *
 * @param only their names; empty: every trust domain whose certificates can be verified
 */
public record TrustDomains(ImmutableSet<String> only) {

  /** Every trust domain whose certificates can be verified. */
  public static final TrustDomains ANY = new TrustDomains(ImmutableSet.of());

  private static final String SCHEME = "spiffe:";
  private static final Pattern NAME = Pattern.compile("[a-z0-9._-]{1,255}");

  /** By the SPIFFE standard; a path segment of dots only would be another path to a reader. */
  private static final Pattern ID =
      Pattern.compile("spiffe://([a-z0-9._-]{1,255})(/(?!\\.{1,2}(/|$))[a-zA-Z0-9._-]+)+");

  private static final int LONGEST_ID = 2048;

  public TrustDomains {
    for (String name : only) {
      if (!NAME.matcher(name).matches()) {
        throw new IllegalArgumentException(
            ("'%s' is not a trust domain (lower-case letters, digits, '.', '-' and '_', without"
                    + " spiffe://)")
                .formatted(name));
      }
    }
  }

  /** These trust domains and no other. */
  public static TrustDomains only(Collection<String> names) {
    return new TrustDomains(ImmutableSet.copyOf(names));
  }

  /** Whether a URI claims to be a SPIFFE id, well-formed or not. */
  static boolean isClaimed(String uri) {
    return uri.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
  }

  /**
   * Why the SPIFFE id in these URIs of one certificate is not an identity; empty if it is one. A
   * certificate with a second URI is refused as a whole, as the standard demands: which of them is
   * the identity would be a guess.
   *
   * @param uris at least one of them claims to be a SPIFFE id
   */
  Optional<String> refusal(List<String> uris) {
    if (uris.size() > 1) {
      return Optional.of(
          "the client's certificate has a SPIFFE id and %d other URI names; it must be the only one"
              .formatted(uris.size() - 1));
    }
    String shown = CertifiedName.shown(uris.get(0));
    Matcher id = ID.matcher(uris.get(0));
    if (uris.get(0).length() > LONGEST_ID || !id.matches()) {
      return Optional.of(
          "'%s' in the client's certificate is not a valid SPIFFE id".formatted(shown));
    }
    return only.isEmpty() || only.contains(id.group(1))
        ? Optional.empty()
        : Optional.of(
            "the client's SPIFFE id %s is of trust domain '%s', which this server does not accept"
                .formatted(shown, id.group(1)));
  }
}
