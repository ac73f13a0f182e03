package io.datastored.access;

import io.datastored.config.DatastoreName;
import java.util.Optional;

/**
 * A subject is the client at the other end of one connection, with the rights that it has at the
 * moment. Thread-safe. Rights are worked out once for each version of the rules, so a call pays for
 * one comparison.
 */
public final class Subject {

  /** Rights and the rules that they come from. */
  private record Known(Rules rules, Rights rights) {}

  private final Access access;
  private final Identity identity;
  private volatile Known known;

  Subject(Access access, Identity identity) {
    this.access = access;
    this.identity = identity;
    this.known = look(access.rules());
  }

  /** Who it is. */
  public Identity identity() {
    return identity;
  }

  /** Its rights by the rules that are in force now. */
  public Rights rights() {
    Known now = known;
    Rules rules = access.rules();
    if (now.rules() != rules) {
      now = look(rules);
      known = now;
    }
    return now.rights();
  }

  /** Whether it may set modes, at least of some datastore. */
  public boolean isOperator() {
    return rights().allowSomewhere(Verb.MAINTAIN);
  }

  /** Whether it may do something with a datastore that may or may not exist. */
  public Decision decide(Verb verb, DatastoreName name) {
    Role role = rights().role(name);
    if (role.may(verb)) {
      return Decision.Allowed.YES;
    }
    return role == Role.NONE && verb != Verb.CREATE
        ? new Decision.Hidden(name)
        : denied(verb, Optional.of(name));
  }

  /** Whether it may do something with the server itself. */
  public Decision decide(Verb verb) {
    return rights().allow(verb) ? Decision.Allowed.YES : denied(verb, Optional.empty());
  }

  private Decision denied(Verb verb, Optional<DatastoreName> name) {
    return new Decision.Denied(
        identity.principal(), verb, name, access.explain(identity, name).rule());
  }

  private Known look(Rules rules) {
    return new Known(rules, access.rights(identity, rules));
  }

  @Override
  public String toString() {
    return identity.principal().text();
  }
}
