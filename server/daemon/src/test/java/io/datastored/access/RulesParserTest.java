package io.datastored.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.datastored.config.DatastoreName;
import java.io.IOException;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every fault has its place, and every kind of name means what the manual says. */
final class RulesParserTest {

  private static final Users USERS =
      new KnownUsers(
          ImmutableMap.of(
              "alice", new Users.User("1001", "100"), "bob", new Users.User("1002", "100")),
          ImmutableMap.of("ops", new Users.Group("27", ImmutableSet.of("1001"))));

  /** A system that does not answer. */
  private static final Users SILENT =
      new Users() {
        @Override
        public Optional<User> user(String name) throws IOException {
          throw new IOException("the directory does not answer");
        }

        @Override
        public Optional<Group> group(String name) throws IOException {
          throw new IOException("the directory does not answer");
        }
      };

  private static ParsedRules parse(String text) {
    return RulesParser.parse(text, "test", USERS);
  }

  private static Role role(String text, Identity identity, String name) {
    ParsedRules parsed = parse(text);
    assertThat(parsed.faults()).isEmpty();
    return parsed.rules().rightsOf(identity).role(DatastoreName.of(name));
  }

  private static Identity named(String... names) {
    return new Identity(new Principal(names[0]), ImmutableList.copyOf(names));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "permit uid:1 user main | 1 | a rule begins with 'allow' or 'deny', not 'permit'",
        "allow uid:1 user | 17 | and this line has 3",
        "allow | 6 | and this line has 1",
        "allow uid:1 user main extra | 23 | and this line has more",
        "allow uid:1 user main # for now | 23 | put the comment on its own line",
        "allow uid:1 use main | 13 | 'use' is not a role: reader, user, operator or admin",
        "allow uid:1 none main | 13 | 'none' is not a role",
        "allow uid:carol user main | 7 | there is no user 'carol' on this host",
        "allow uid: user main | 7 | there is no user '' on this host",
        "allow uid:4294967295 user main | 7 | '4294967295' is not an id: it is at most 4294967294",
        "allow gid:4294967295 user main | 7 | '4294967295' is not an id",
        "allow gid:devs user main | 7 | there is no group 'devs' on this host",
        "allow alice user main | 7 | 'alice' is not a client",
        "allow cn: user main | 7 | 'cn:' is not a client",
        "allow spiffe:// user main | 7 | 'spiffe://' is not a client",
        "allow cn:a*b user main | 11 | '*' can only be the last character of 'cn:a*b'",
        "allow spiffe://a/*/b user main | 18 | '*' can only be the last character",
        "allow spiffe://example.org* user main | 27 | for all of one, write 'spiffe://example.org/*'",
        "allow dns:a..*.b user main | 7 | 'dns:a..*.b' is not a host",
        "allow dns:*.*.b user main | 7 | 'dns:*.*.b' is not a host",
        "allow dns:* user main,m | 23 | 'm' is not a datastore",
        "allow dns:* user main,,other | 23 | '' is not a datastore",
        "allow dns:* user *a | 18 | '*a' is not a datastore",
        "allow dns:* user main,arch*ive | 23 | 'arch*ive' is not a datastore",
        "allow `` user main | 17 | this line has 3",
        "`  allow uid:1 boss main` | 15 | 'boss' is not a role",
        "allow \"cn:a user main | 7 | are not closed at its end",
        "allow \"cn:a\"b user main | 7 | are not closed at its end",
      })
  void fault_hasItsPlaceAndSaysWhatIsExpected(String line, int column, String message) {
    // A comment and a good rule before it, to see that lines are counted.
    String text = "# comment\nallow uid:0 admin *\n" + line.replace("``", "") + "\n";

    assertThat(parse(text).faults())
        .singleElement()
        .satisfies(
            fault -> {
              assertThat(fault.message()).contains(message);
              assertThat(fault.line()).isEqualTo(3);
              assertThat(fault.column()).isEqualTo(column);
            });
    assertThat(parse(text).rules().size()).isZero();
  }

  @Test
  void faults_areAllReported_upToAHundred() {
    assertThat(parse("x uid:1 user main\nallow y user main\nallow uid:1 z w\n").faults())
        .extracting(fault -> fault.line() + ":" + fault.column())
        .containsExactly("1:1", "2:7", "3:13", "3:15");
    assertThat(parse("x\n".repeat(1000)).faults()).hasSize(100);
  }

  @Test
  void nothing_isAFault_butCommentsAreNot() {
    assertThat(parse("").faults())
        .extracting(ParsedRules.Fault::toString)
        .first()
        .asString()
        .startsWith("line 1, column 1: there is nothing in the file");
    assertThat(parse("# nobody\n").faults()).isEmpty();
    assertThat(role("\n# nobody\n", named("uid:1001"), "main")).isEqualTo(Role.NONE);
  }

  @Test
  void byteOrderMarkAndLineEndsOfWindows_areAccepted() {
    assertThat(role("\uFEFFallow cn:a user main\r\n", named("cn:a"), "main")).isEqualTo(Role.USER);
  }

  @Test
  void tooManyNames_areAFault() {
    String names =
        IntStream.range(0, 1001).mapToObj(i -> "name" + i).collect(Collectors.joining(","));
    assertThat(parse("allow * user " + names).faults())
        .extracting(ParsedRules.Fault::message)
        .containsExactly("a rule is for at most 1000 names; write a beginning and '*'");
  }

  @Test
  void longWord_isReadWithoutDeepRecursion() {
    String longName = "\"cn:" + "\\a".repeat(500_000) + "\"";
    assertThat(parse("allow " + longName + " user main").faults()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "uid:1001 | uid:1001 | USER",
        "uid:01001 | uid:1001 | USER",
        "uid:alice | uid:1001 | USER",
        "uid:alice | uid:1002 | NONE",
        "uid:* | uid:7 | USER",
        "uid:* | cn:uid:7 | NONE",
        "gid:9 | gid:9 | USER",
        "cn:a | cn:a | USER",
        "cn:a | cn:ab | NONE",
        "cn:a* | cn:ab | USER",
        "dns:A.Example.org | dns:a.example.org | USER",
        "dns:* | dns:a.b | USER",
        "dns:*.example.org | dns:a.example.org | USER",
        "dns:*.example.org | dns:a.b.example.org | NONE",
        "dns:*.example.org | dns:example.org | NONE",
        "dns:*.example.org | dns:.example.org | NONE",
        "dns:*.example.org | cn:a.example.org | NONE",
        "spiffe://example.org/backup/* | spiffe://example.org/backup/a/b | USER",
        "spiffe://example.org/backup/* | spiffe://example.org/backup | NONE",
        "spiffe://example.org/* | spiffe://example.org.evil/x | NONE",
        "spiffe://* | spiffe://x/y | USER",
        "anonymous | anonymous | USER",
        "anonymous@loopback | anonymous | NONE",
        "* | anonymous | USER",
      })
  void who_matchesTheNamesThatItIsFor(String who, String name, Role role) {
    assertThat(role("allow " + who + " user main\n", named(name), "main")).isEqualTo(role);
  }

  @Test
  void quotedName_mayHaveSpaces_andIsEscapedLikePrincipals() {
    String name = "Doe, \"Jane\"";
    Principal principal = Principal.named("cn:", name);
    assertThat(role("allow \"" + principal + "\" user main\n", Identity.of(principal), "main"))
        .isEqualTo(Role.USER);
  }

  @Test
  void group_isForItsMembers_andForWhoeverHasItsNumber() {
    String rule = "allow gid:ops operator main\n";
    assertThat(role(rule, Identity.local(1001, 100), "main")).isEqualTo(Role.OPERATOR);
    assertThat(role(rule, Identity.local(1002, 27), "main")).isEqualTo(Role.OPERATOR);
    assertThat(role(rule, Identity.local(1002, 100), "main")).isEqualTo(Role.NONE);
  }

  @Test
  void names_thatCannotBeLookedUp_areFaults() {
    assertThat(
            RulesParser.parse("allow uid:x user *\ndeny gid:y user *\n", "test", SILENT).faults())
        .extracting(ParsedRules.Fault::message)
        .containsExactly(
            "user 'x' cannot be looked up: the directory does not answer",
            "group 'y' cannot be looked up: the directory does not answer");
  }

  @ParameterizedTest
  @CsvSource({
    "admin, OPERATOR",
    "operator, USER",
    "user, READER",
    "reader, NONE",
  })
  void deny_takesItsRoleAndAllAbove(String denied, Role left) {
    String rules = "allow uid:7 admin *\ndeny uid:* " + denied + " main\n";
    assertThat(role(rules, named("uid:7"), "main")).isEqualTo(left);
    assertThat(role(rules, named("uid:7"), "main2")).isEqualTo(Role.ADMIN);
  }

  @Test
  void deny_ofMoreThanIsAllowed_changesNothing() {
    String rules = "deny uid:7 admin *\nallow uid:7 user ma*\n";
    assertThat(role(rules, named("uid:7"), "main")).isEqualTo(Role.USER);
  }

  @Test
  void server_needsARuleForEverything() {
    Rules rules = parse("allow uid:7 admin a*,main\nallow uid:8 reader *\n").rules();
    assertThat(rules.rightsOf(named("uid:7")).server()).isEqualTo(Role.NONE);
    assertThat(rules.rightsOf(named("uid:8")).server()).isEqualTo(Role.READER);
  }

  @Test
  void manyRulesForManyClients_areFoundByName() {
    String text =
        IntStream.range(0, 10_000)
            .mapToObj(i -> "allow cn:client-%d user store-%d,shared-*\n".formatted(i, i))
            .collect(Collectors.joining());
    assertThat(text.length()).isLessThan(RulesFile.MOST_BYTES);
    Rules rules = parse(text).rules();
    assertThat(rules.size()).isEqualTo(10_000);
    Rights rights = rules.rightsOf(named("cn:client-77"));
    assertThat(rights.role(DatastoreName.of("store-77"))).isEqualTo(Role.USER);
    assertThat(rights.role(DatastoreName.of("store-78"))).isEqualTo(Role.NONE);
  }

  @Test
  void builtInRules_areWithoutFault_andGrantWhatIsDocumented() {
    Rules rules = Rules.builtIn();
    assertThat(rules.rightsOf(named("uid:7")).server()).isEqualTo(Role.USER);
    assertThat(rules.rightsOf(named("cn:x")).server()).isEqualTo(Role.USER);
    assertThat(rules.rightsOf(Identity.ANONYMOUS_HERE).server()).isEqualTo(Role.USER);
    assertThat(rules.rightsOf(Identity.ANONYMOUS).server()).isEqualTo(Role.READER);
    assertThat(Rules.open().rightsOf(Identity.ANONYMOUS)).isEqualTo(Rights.ALL);
  }
}
