package io.datastored.access;

import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A named identity is an identity of which only one name is known, because it does not come from a
 * connection. Stateless.
 */
public final class NamedIdentity {

  /** The forms of a name, for messages. */
  public static final String FORMS =
      "uid:NAME, uid:N, dns:NAME, cn:NAME, spiffe://DOMAIN/PATH, anonymous or anonymous@loopback";

  private NamedIdentity() {}

  /**
   * The identity with a name; empty if it is no name, or there is no such user. A user has the
   * groups that the system knows it to be in.
   *
   * @param users for names and numbers of users
   * @throws IOException if a user cannot be looked up; the message ends a sentence
   */
  public static Optional<Identity> of(String name, Users users) throws IOException {
    if (name.startsWith("uid:")) {
      return user(name.substring("uid:".length()), users);
    }
    if (name.equals(nameOf(Identity.ANONYMOUS_HERE))) {
      return Optional.of(Identity.ANONYMOUS_HERE);
    }
    if (name.equals(Principal.ANONYMOUS.text())) {
      return Optional.of(Identity.ANONYMOUS);
    }
    if (name.startsWith("dns:") && name.length() > "dns:".length()) {
      return Optional.of(Identity.of(new Principal(name.toLowerCase(Locale.ROOT))));
    }
    return Stream.of("cn:", "spiffe://").anyMatch(kind -> isOf(kind, name))
        ? Optional.of(Identity.of(new Principal(name)))
        : Optional.empty();
  }

  private static boolean isOf(String kind, String name) {
    return name.startsWith(kind) && name.length() > kind.length();
  }

  private static Optional<Identity> user(String user, Users users) throws IOException {
    Optional<Users.User> known = users.user(user);
    try {
      return known.isPresent()
          ? Optional.of(
              Identity.local(
                  Integer.parseUnsignedInt(known.get().uid()),
                  Integer.parseUnsignedInt(known.get().gid())))
          : Optional.of(Identity.of(Identity.user(Integer.parseUnsignedInt(user))));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** The name by which an identity is found again. */
  public static String nameOf(Identity identity) {
    return identity.principal().isAnonymous()
        ? identity.names().get(identity.names().size() - 1)
        : identity.principal().text();
  }
}
