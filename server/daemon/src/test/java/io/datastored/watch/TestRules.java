package io.datastored.watch;

import io.datastored.access.Access;
import io.datastored.access.Identity;
import io.datastored.access.Principal;
import io.datastored.access.Rules;
import io.datastored.access.RulesParser;
import io.datastored.access.Subject;
import io.datastored.access.Users;
import io.datastored.history.Revision;
import java.util.Optional;

/** Test rules are rules in force that a test changes. Thread-safe. */
public final class TestRules {
  /** No rule of a test names a user by name. */
  public static final Users NO_USERS =
      new Users() {
        @Override
        public Optional<User> user(String name) {
          return Optional.empty();
        }

        @Override
        public Optional<Group> group(String name) {
          return Optional.empty();
        }
      };

  public final Access access;

  /** Rules by which everybody may do everything. */
  public static TestRules open() {
    return new TestRules(Rules.open());
  }

  /** These lines, each a rule. */
  public static TestRules of(String... lines) {
    return new TestRules(rules(lines));
  }

  private TestRules(Rules rules) {
    this.access = Access.by(rules);
  }

  /** Rules of these lines. */
  public static Rules rules(String... lines) {
    var parsed = RulesParser.parse("# rules\n" + String.join("\n", lines), "the test", NO_USERS);
    if (!parsed.faults().isEmpty()) {
      throw new IllegalArgumentException(parsed.faults().toString());
    }
    return parsed.rules();
  }

  /** Puts these lines in force. */
  public void use(Revision at, String... lines) {
    access.use(rules(lines), at);
  }

  /** A client with this common name. */
  public Subject client(String name) {
    return access.subject(Identity.of(new Principal("cn:" + name)));
  }
}
