package io.datastored.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What holds for all rules, tried on random ones with a few names, so that many meet. */
@Tag("long")
final class RulesPropertyTest {

  private static final int RUNS = 10_000;

  private static final List<String> WHO =
      List.of("cn:a", "cn:ab", "cn:a*", "cn:*", "dns:x.org", "dns:*.x.org", "uid:1", "uid:*", "*");
  private static final List<String> NAMES =
      List.of("cn:a", "cn:ab", "cn:b", "dns:x.org", "dns:h.x.org", "uid:1", "uid:2");
  private static final List<String> WHERE =
      List.of("main", "mail", "ma*", "m*", "other", "*", "main,other");
  private static final List<String> STORES = List.of("main", "mail", "mark", "mum", "other", "xyz");
  private static final List<Role> ROLES =
      List.of(Role.READER, Role.USER, Role.OPERATOR, Role.ADMIN);

  private static final Pattern LINE =
      Pattern.compile("line (\\d+) of test \\((allow|deny) (\\w+)\\)");

  private final Random random = new Random(20261129);

  private record Line(String effect, String who, Role role, String where) {
    @Override
    public String toString() {
      return "%s %s %s %s".formatted(effect, who, role.word(), where);
    }

    /** Whether it is for one of these names and this datastore; null for the server. */
    boolean covers(List<String> names, Optional<String> store) {
      return names.stream().anyMatch(name -> glob(who, name))
          && Stream.of(where.split(","))
              .anyMatch(one -> store.map(s -> glob(one, s)).orElseGet(() -> one.equals("*")));
    }

    /** A star in front stands for one label, one at the end for anything. */
    private static boolean glob(String pattern, String text) {
      String regex =
          pattern.replace(".", "\\.").replaceAll("\\*(?=\\\\)", "[^.]+").replaceAll("\\*$", ".*");
      return text.matches(regex);
    }
  }

  /** The manual in four lines. */
  private static Role reference(List<Line> lines, List<String> names, Optional<String> store) {
    List<Line> mine = lines.stream().filter(line -> line.covers(names, store)).toList();
    int allowed =
        mine.stream()
            .filter(l -> l.effect().equals("allow"))
            .mapToInt(l -> l.role().ordinal())
            .max()
            .orElse(0);
    int left =
        mine.stream()
            .filter(l -> l.effect().equals("deny"))
            .mapToInt(l -> l.role().ordinal() - 1)
            .min()
            .orElse(4);
    return Role.values()[Math.min(allowed, left)];
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private Line line() {
    return new Line(random.nextInt(3) == 0 ? "deny" : "allow", any(WHO), any(ROLES), any(WHERE));
  }

  private List<Line> lines() {
    return Stream.generate(this::line)
        .limit(random.nextInt(12))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private Identity identity() {
    List<String> names = new ArrayList<>(List.of(any(NAMES)));
    if (random.nextInt(3) == 0) {
      names.add(any(NAMES));
    }
    return new Identity(new Principal(names.get(0)), ImmutableList.copyOf(names));
  }

  private Optional<String> store() {
    return random.nextInt(5) == 0 ? Optional.empty() : Optional.of(any(STORES));
  }

  private static Rules rules(List<Line> lines) {
    String text = lines.stream().map(line -> line + "\n").collect(Collectors.joining());
    ParsedRules parsed = RulesParser.parse("# rules\n" + text, "test", KnownUsers.NONE);
    assertThat(parsed.faults()).isEmpty();
    return parsed.rules();
  }

  private static Role role(List<Line> lines, Identity who, Optional<String> store) {
    Rights rights = rules(lines).rightsOf(who);
    return store.map(DatastoreName::of).map(rights::role).orElseGet(rights::server);
  }

  @Test
  void decision_isThatOfTheManual() {
    for (int run = 0; run < RUNS; run++) {
      List<Line> lines = lines();
      Identity who = identity();
      Optional<String> store = store();
      assertThat(role(lines, who, store))
          .as("%s for %s of %s", lines, who, store)
          .isEqualTo(reference(lines, who.names(), store));
    }
  }

  @Test
  void anotherDeny_neverWidens() {
    for (int run = 0; run < RUNS; run++) {
      List<Line> lines = lines();
      Identity who = identity();
      Optional<String> store = store();
      Role before = role(lines, who, store);
      lines.add(
          random.nextInt(lines.size() + 1), new Line("deny", any(WHO), any(ROLES), any(WHERE)));
      assertThat(before.includes(role(lines, who, store)))
          .as("%s for %s of %s", lines, who, store)
          .isTrue();
    }
  }

  @Test
  void orderOfLines_neverMatters() {
    for (int run = 0; run < RUNS; run++) {
      List<Line> lines = lines();
      List<Line> shuffled = new ArrayList<>(lines);
      Collections.shuffle(shuffled, random);
      Identity who = identity();
      assertThat(rules(shuffled).rightsOf(who))
          .as("%s for %s", lines, who)
          .isEqualTo(rules(lines).rightsOf(who));
    }
  }

  @Test
  void explanation_namesALineThatMakesTheRole() {
    for (int run = 0; run < RUNS; run++) {
      List<Line> lines = lines();
      Identity who = identity();
      Optional<String> store = store();
      Role role = role(lines, who, store);
      String explained = explain(lines, who, store).rule();
      // Equal lines may each suffice: without all that it names, one after the other, the role is
      // another one.
      while (role != Role.NONE || !explained.equals("none in test")) {
        Matcher matcher = LINE.matcher(explained);
        assertThat(matcher.matches()).as(explained).isTrue();
        // The first line is a comment.
        Line named = lines.get(Integer.parseInt(matcher.group(1)) - 2);
        assertThat(named.covers(who.names(), store)).as("%s: %s", named, explained).isTrue();
        assertThat(named.effect()).isEqualTo(matcher.group(2));
        assertThat(named.role().word()).isEqualTo(matcher.group(3));
        lines.remove(named);
        if (role(lines, who, store) != role) {
          break;
        }
        explained = explain(lines, who, store).rule();
      }
    }
  }

  private static Explanation explain(List<Line> lines, Identity who, Optional<String> store) {
    return rules(lines).explain(who, store.map(DatastoreName::of));
  }
}
