package io.datastored.access;

import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Looked-up users are users of this host that remember every answer of the look-up behind them.
 * Confined to one thread.
 */
final class LookedUpUsers implements Users {

  private final Users system;
  private final Map<String, User> users = new HashMap<>();
  private final Map<String, Group> groups = new HashMap<>();

  LookedUpUsers(Users system) {
    this.system = system;
  }

  @Override
  public Optional<User> user(String name) throws IOException {
    User known = users.get(name);
    Optional<User> user = known == null ? system.user(name) : Optional.of(known);
    user.ifPresent(found -> users.put(name, found));
    return user;
  }

  @Override
  public Optional<Group> group(String name) throws IOException {
    Group known = groups.get(name);
    Optional<Group> group = known == null ? system.group(name) : Optional.of(known);
    group.ifPresent(found -> groups.put(name, found));
    return group;
  }

  /** The answers. */
  KnownUsers known() {
    return new KnownUsers(ImmutableMap.copyOf(users), ImmutableMap.copyOf(groups));
  }
}
