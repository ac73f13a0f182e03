package io.datastored.access;

import com.google.common.collect.ImmutableSet;
import io.datastored.config.DatastoreName;
import io.datastored.history.Revision;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Access holds the rules that are in force, and determines what they grant. Thread-safe. Root and
 * the server's own user are admins whatever the rules say: they could change the files anyway.
 */
public final class Access {

  private final ImmutableSet<Principal> always;
  private final CopyOnWriteArrayList<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile Rules rules;
  private volatile Optional<Revision> changedAt = Optional.empty();

  /**
   * @param always the principals that are admins whatever the rules say
   */
  public Access(Rules rules, Set<Principal> always) {
    this.rules = rules;
    this.always = ImmutableSet.copyOf(always);
  }

  /** Access without rules: nobody may do anything. */
  public static Access nothing() {
    return by(Rules.NONE);
  }

  /** Access by rules alone: nobody is an admin whatever they say. */
  public static Access by(Rules rules) {
    return new Access(rules, Set.of());
  }

  /** The rules in force. */
  public Rules rules() {
    return rules;
  }

  /**
   * Puts rules in force, then notifies the listeners.
   *
   * @param at the revision that was served when they last changed
   */
  public void use(Rules renewed, Revision at) {
    // Whoever sees the renewed rules must not find an earlier revision.
    changedAt = Optional.of(at);
    rules = renewed;
    listeners.forEach(Runnable::run);
  }

  /**
   * The revision that was served when the rules last changed, also by an earlier run of the server:
   * what was shown at this revision or an earlier one may have been selected by other rules. Empty
   * if the rules have been the same since they were made.
   */
  public Optional<Revision> changedAt() {
    return changedAt;
  }

  /** Calls {@code told} after the rules have changed, on the thread that changed them. */
  public void addListener(Runnable told) {
    listeners.add(told);
  }

  /** The client of a new connection. */
  public Subject subject(Identity identity) {
    return new Subject(this, identity);
  }

  Rights rights(Identity identity, Rules by) {
    return always.contains(identity.principal()) ? Rights.ALL : by.rightsOf(identity);
  }

  /**
   * The role of an identity, and why.
   *
   * @param name of a datastore; empty for the server itself
   */
  public Explanation explain(Identity identity, Optional<DatastoreName> name) {
    return always.contains(identity.principal())
        ? new Explanation(Role.ADMIN, "built in: root and the server's own user are admins")
        : rules.explain(identity, name);
  }
}
