package io.datastored.access;

import com.google.common.collect.ImmutableSet;
import java.io.IOException;
import java.util.Optional;

/** Users are the users and groups of this host, as rules name them. */
public interface Users {

  /**
   * A user of this host. Immutable.
   *
   * @param uid its number, in decimal
   * @param gid the number of its primary group, in decimal
   */
  record User(String uid, String gid) {}

  /**
   * A group of this host. Immutable.
   *
   * @param gid its number, in decimal
   * @param members the numbers of the users that are in it, in decimal
   */
  record Group(String gid, ImmutableSet<String> members) {}

  /**
   * A user; empty if there is no such user.
   *
   * @param name or number
   * @throws IOException if the system cannot tell; the message ends a sentence
   */
  Optional<User> user(String name) throws IOException;

  /**
   * A group; empty if there is no such group.
   *
   * @param name or number
   * @throws IOException if the system cannot tell; the message ends a sentence
   */
  Optional<Group> group(String name) throws IOException;
}
