package io.datastored.access;

import com.google.common.collect.ImmutableList;

/**
 * An identity is who is at the other end of a connection, with all the names that rules may know it
 * by. Immutable.
 *
 * @param principal the one name by which it is shown, and which owns what it is given
 * @param names every name that a rule may match, the principal's among them
 */
public record Identity(Principal principal, ImmutableList<String> names) {

  /** A client that has shown no name, from another host or through TLS. */
  public static final Identity ANONYMOUS =
      new Identity(Principal.ANONYMOUS, ImmutableList.of(Principal.ANONYMOUS.text()));

  /** A client that has shown no name, over TCP from this host. */
  public static final Identity ANONYMOUS_HERE =
      new Identity(
          Principal.ANONYMOUS,
          ImmutableList.of(Principal.ANONYMOUS.text(), Principal.ANONYMOUS.text() + "@loopback"));

  public Identity {
    if (!names.contains(principal.text())) {
      throw new IllegalArgumentException("the names of " + principal + " must include its own");
    }
  }

  /** An identity with one name. */
  public static Identity of(Principal principal) {
    return new Identity(principal, ImmutableList.of(principal.text()));
  }

  /**
   * A user of this host.
   *
   * @param uid user id from the kernel, unsigned
   * @param gid group id of its process, likewise
   */
  public static Identity local(int uid, int gid) {
    Principal user = user(uid);
    return new Identity(
        user, ImmutableList.of(user.text(), "gid:" + Integer.toUnsignedString(gid)));
  }

  /** The principal of a user of this host. */
  public static Principal user(int uid) {
    return Principal.named("uid:", Integer.toUnsignedString(uid));
  }
}
