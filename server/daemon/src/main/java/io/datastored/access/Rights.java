package io.datastored.access;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.datastored.config.DatastoreName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rights are what the rules grant one identity: a role for each datastore, also for those that do
 * not exist (yet). Immutable. Two identities with the same rights have equal rights, so they can
 * share what is computed for them.
 *
 * <p>For one datastore the highest matching allow counts, and then every matching deny takes its
 * role and all above it. The result depends on the name alone, never on whether such a datastore
 * exists.
 */
public final class Rights {

  /** Everything. */
  public static final Rights ALL = everywhere(Role.ADMIN);

  /** Nothing. */
  public static final Rights NONE = everywhere(Role.NONE);

  /** The highest role that is allowed, by names. */
  private final Table allowed;

  /** The highest role that no deny takes away, by names. */
  private final Table left;

  private Rights(Table allowed, Table left) {
    this.allowed = allowed;
    this.left = left;
  }

  /** The same role for every datastore and for the server. */
  public static Rights everywhere(Role role) {
    return new Rights(Table.everything(role), Table.everything(Role.ADMIN));
  }

  /** The rights by these rules, which are all for the same identity. */
  static Rights by(List<Rule> rules) {
    Map<String, Role> allowed = new HashMap<>();
    Map<String, Role> left = new HashMap<>();
    for (Rule rule : rules) {
      for (String where : rule.where()) {
        switch (rule.effect()) {
          case ALLOW -> allowed.merge(where, rule.role(), Role::higher);
          case DENY -> left.merge(where, rule.role().below(), Role::lower);
        }
      }
    }
    return new Rights(Table.of(allowed, Role.NONE), Table.of(left, Role.ADMIN));
  }

  /** The role for one datastore. */
  public Role role(DatastoreName name) {
    return Role.lower(allowed(name), left.extreme(name.value(), false));
  }

  /** The role before anything is denied. */
  Role allowed(DatastoreName name) {
    return allowed.extreme(name.value(), true);
  }

  /** The role for the server itself before anything is denied. */
  Role serverAllowed() {
    return allowed.everywhere;
  }

  /** The role for the server itself: what holds for all datastores by a rule for {@code *}. */
  public Role server() {
    return Role.lower(allowed.everywhere, left.everywhere);
  }

  /** Whether something may be done with a datastore. */
  public boolean allow(Verb verb, DatastoreName name) {
    return role(name).may(verb);
  }

  /** Whether something may be done with the server. */
  public boolean allow(Verb verb) {
    return server().may(verb);
  }

  /** Whether this is allowed for every datastore, whatever its name. */
  public boolean allowEverywhere(Verb verb) {
    return allowed.everywhere.may(verb) && left.lowest().may(verb);
  }

  /** Whether this is allowed for at least one name. */
  public boolean allowSomewhere(Verb verb) {
    // A deny of everything may hide all that is allowed; one of a few names never does.
    return Role.lower(allowed.highest(), left.everywhere).may(verb);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Rights that && allowed.equals(that.allowed) && left.equals(that.left);
  }

  @Override
  public int hashCode() {
    return 31 * allowed.hashCode() + left.hashCode();
  }

  @Override
  public String toString() {
    return "rights " + allowed + ", at most " + left;
  }

  /** A table of roles by names and beginnings of names. Immutable. */
  private record Table(
      Role everywhere, ImmutableMap<String, Role> names, ImmutableMap<String, Role> prefixes) {

    static Table everything(Role role) {
      return new Table(role, ImmutableMap.of(), ImmutableMap.of());
    }

    static Table of(Map<String, Role> byPattern, Role otherwise) {
      Role everywhere = byPattern.getOrDefault("*", otherwise);
      ImmutableMap.Builder<String, Role> names = ImmutableMap.builder();
      ImmutableMap.Builder<String, Role> prefixes = ImmutableMap.builder();
      byPattern.forEach(
          (pattern, role) -> {
            if (!pattern.endsWith("*")) {
              names.put(pattern, role);
            } else if (pattern.length() > 1) {
              prefixes.put(pattern.substring(0, pattern.length() - 1), role);
            }
          });
      return new Table(everywhere, names.buildOrThrow(), prefixes.buildOrThrow());
    }

    /** The highest or lowest of all roles that match; a name has at most 32 characters. */
    Role extreme(String name, boolean highest) {
      Role role = everywhere;
      if (!names.isEmpty()) {
        role = extreme(role, names.get(name), highest);
      }
      if (!prefixes.isEmpty()) {
        for (int length = 1; length <= name.length(); length++) {
          role = extreme(role, prefixes.get(name.substring(0, length)), highest);
        }
      }
      return role;
    }

    private static Role extreme(Role role, @Nullable Role other, boolean highest) {
      if (other == null) {
        return role;
      }
      return highest ? Role.higher(role, other) : Role.lower(role, other);
    }

    Role highest() {
      return all().stream().reduce(everywhere, Role::higher);
    }

    Role lowest() {
      return all().stream().reduce(everywhere, Role::lower);
    }

    private ImmutableList<Role> all() {
      return ImmutableList.<Role>builder().addAll(names.values()).addAll(prefixes.values()).build();
    }
  }
}
