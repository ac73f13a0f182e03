package io.datastored.access;

import com.google.common.collect.ImmutableMap;
import java.util.Optional;

/**
 * Known users are the answers that were given for the names in a text of rules. Immutable. The text
 * means the same with them at any time, also if a user has been removed since.
 *
 * @param users by the name that was asked for
 * @param groups likewise
 */
record KnownUsers(ImmutableMap<String, User> users, ImmutableMap<String, Group> groups)
    implements Users {

  /** For a text that names no users. */
  static final KnownUsers NONE = new KnownUsers(ImmutableMap.of(), ImmutableMap.of());

  @Override
  public Optional<User> user(String name) {
    return Optional.ofNullable(users.get(name));
  }

  @Override
  public Optional<Group> group(String name) {
    return Optional.ofNullable(groups.get(name));
  }
}
