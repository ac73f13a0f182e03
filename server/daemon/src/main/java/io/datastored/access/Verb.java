package io.datastored.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** A verb is something that a caller wants to do with a datastore or with the server. */
public enum Verb {
  /** See its name, mode and state. */
  SEE(Role.READER),
  /** Read its settings and base path. */
  SETTINGS(Role.USER),
  /** Hold a READ lease. */
  READ(Role.USER),
  /** Hold a WRITE lease. */
  WRITE(Role.USER),
  /** See who uses it: operations, leases, sessions, addresses. */
  INSPECT(Role.OPERATOR),
  /** Set its mode, and end leases that are in the way of a drain. */
  MAINTAIN(Role.OPERATOR),
  /** Make a datastore of this name; whether there is one already is no matter. */
  CREATE(Role.ADMIN),
  /** Change or remove it. */
  CONFIGURE(Role.ADMIN),
  /** Look into the server and at the rights of others. */
  ADMINISTER(Role.ADMIN);

  private final Role least;

  Verb(Role least) {
    this.least = least;
  }

  /** The least role that may do it. */
  public Role least() {
    return least;
  }

  /** The word on the command line and in messages. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The verb with this word. */
  public static Optional<Verb> parse(String word) {
    return Arrays.stream(values()).filter(verb -> verb.word().equals(word)).findFirst();
  }
}
