package io.datastored.access;

import com.google.common.collect.ImmutableList;
import java.util.Collection;

/**
 * A rule is one line of the rules: it grants or denies a role to clients for datastores. Immutable.
 *
 * @param line its line, from 1
 * @param effect whether it grants or denies
 * @param who the name that it is for
 * @param role granted with all below it, or denied with all above it
 * @param where names of datastores; one that ends in {@code *} stands for all that begin like it
 */
record Rule(int line, Effect effect, NamePattern who, Role role, ImmutableList<String> where) {

  /** What a rule does. */
  enum Effect {
    ALLOW,
    DENY
  }

  /** Whether it is for somebody with these names. */
  boolean isFor(Collection<String> names) {
    return names.stream().anyMatch(who::matches);
  }
}
