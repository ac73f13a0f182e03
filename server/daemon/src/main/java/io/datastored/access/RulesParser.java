package io.datastored.access;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSetMultimap;
import io.datastored.config.DatastoreName;
import io.datastored.config.Truncated;
import io.datastored.file.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A rules parser reads the text of a rules file: one rule a line, comments after {@code #} at the
 * beginning of a line. Confined to one thread. It reports every fault, not only the first.
 */
public final class RulesParser {

  private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,31}\\*");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}");
  private static final Pattern DNS_NAME =
      Pattern.compile("(\\*\\.)?[a-z0-9_]([a-z0-9_.-]*[a-z0-9])?");

  /** The kernel's largest id; the number above it means "none". */
  private static final long LARGEST_ID = 0xFFFF_FFFEL;

  private static final String SPIFFE = "spiffe://";
  private static final int WORDS = 4;
  private static final int MOST_NAMES = 1000;
  private static final int MOST_FAULTS = 100;

  private final String origin;
  private final Users users;
  private final List<Rule> rules = new ArrayList<>();
  private final ImmutableSetMultimap.Builder<String, String> groups =
      ImmutableSetMultimap.builder();
  private final List<ParsedRules.Fault> faults = new ArrayList<>();
  private int line;

  private RulesParser(String origin, Users users) {
    this.origin = origin;
    this.users = users;
  }

  /**
   * Reads a text.
   *
   * @param origin what the lines are lines of, for people
   * @param users for names of users and groups
   */
  public static ParsedRules parse(String text, String origin, Users users) {
    RulesParser parser = new RulesParser(origin, users);
    if (text.isEmpty()) {
      parser.line = 1;
      parser.fault(
          1, "there is nothing in the file; if nobody should have any rights, write a comment");
    }
    text.lines().forEach(parser::readLine);
    return new ParsedRules(
        parser.faults.isEmpty()
            ? new Rules(
                origin,
                Digest.of(text.getBytes(StandardCharsets.UTF_8)),
                parser.rules,
                parser.groups.build())
            : Rules.NONE,
        ImmutableList.copyOf(parser.faults));
  }

  private void readLine(String text) {
    line++;
    String rest = line == 1 && text.startsWith("\uFEFF") ? text.substring(1) : text;
    if (rest.isBlank() || rest.stripLeading().startsWith("#")) {
      return;
    }
    // One more than belongs there, to see that there are more.
    List<RuleWord> words = RuleWord.of(rest, WORDS + 1);
    Optional<RuleWord> open = words.stream().filter(word -> !word.isClosed()).findFirst();
    if (open.isPresent()) {
      fault(open.get().column(), "the quotes of %s are not closed at its end", open.get().text());
      return;
    }
    if (words.size() != WORDS) {
      boolean less = words.size() < WORDS;
      String comment =
          !less && words.get(WORDS).text().startsWith("#")
              ? "; put the comment on its own line"
              : "";
      fault(
          less ? rest.stripTrailing().length() + 1 : words.get(WORDS).column(),
          "a rule has four words, 'allow|deny WHO ROLE WHERE', and this line has %s%s",
          less ? words.size() : "more",
          comment);
      return;
    }
    Optional<Rule.Effect> effect = effect(words.get(0));
    Optional<NamePattern> who = who(words.get(1));
    Optional<Role> role = role(words.get(2));
    ImmutableList<String> where = where(words.get(3));
    if (effect.isPresent() && who.isPresent() && role.isPresent()) {
      rules.add(new Rule(line, effect.get(), who.get(), role.get(), where));
    }
  }

  private Optional<Rule.Effect> effect(RuleWord word) {
    return switch (word.text()) {
      case "allow" -> Optional.of(Rule.Effect.ALLOW);
      case "deny" -> Optional.of(Rule.Effect.DENY);
      default -> {
        fault(word.column(), "a rule begins with 'allow' or 'deny', not '%s'", word.text());
        yield Optional.empty();
      }
    };
  }

  private Optional<Role> role(RuleWord word) {
    Optional<Role> role = Role.parse(word.text());
    if (role.isEmpty()) {
      fault(word.column(), "'%s' is not a role: reader, user, operator or admin", word.text());
    }
    return role;
  }

  private ImmutableList<String> where(RuleWord word) {
    ImmutableList.Builder<String> names = ImmutableList.builder();
    int column = word.column();
    String[] parts = word.text().split(",", MOST_NAMES + 1);
    if (parts.length > MOST_NAMES) {
      fault(column, "a rule is for at most %d names; write a beginning and '*'", MOST_NAMES);
      return ImmutableList.of();
    }
    for (String name : parts) {
      if (name.equals("*")
          || PREFIX.matcher(name).matches()
          || DatastoreName.tryParse(name).isPresent()) {
        names.add(name);
      } else {
        fault(
            column,
            "'%s' is not a datastore: write a name, a beginning and '*', or '*', several with"
                + " commas and no spaces",
            name);
      }
      column += name.length() + 1;
    }
    return names.build();
  }

  private Optional<NamePattern> who(RuleWord word) {
    String text = word.unquoted();
    if (text.equals("*")) {
      return Optional.of(NamePattern.ANYBODY);
    }
    if (text.equals("anonymous") || text.equals("anonymous@loopback")) {
      return Optional.of(NamePattern.exact(text));
    }
    if (text.startsWith("uid:")) {
      return user(text, word.column());
    }
    if (text.startsWith("gid:")) {
      return group(text, word.column());
    }
    if (text.startsWith("dns:")) {
      return dns(text.toLowerCase(Locale.ROOT), word.column());
    }
    if (text.startsWith(SPIFFE) && text.length() > SPIFFE.length()) {
      return spiffe(text, word.column());
    }
    if (text.startsWith("cn:") && text.length() > "cn:".length()) {
      return withStar(text, word.column());
    }
    fault(
        word.column(),
        "'%s' is not a client: uid:, gid:, dns:, cn: or spiffe:// with a name, anonymous,"
            + " anonymous@loopback, or *",
        word.text());
    return Optional.empty();
  }

  private Optional<NamePattern> spiffe(String text, int column) {
    if (text.endsWith("*")
        && text.length() > SPIFFE.length() + 1
        && text.indexOf('/', SPIFFE.length()) < 0) {
      // It would be for every domain that begins like this one, whoever owns it.
      fault(
          column + text.length() - 1,
          "'*' must not be part of a trust domain; for all of one, write '%s/*'",
          text.substring(0, text.length() - 1));
      return Optional.empty();
    }
    return withStar(text, column);
  }

  /** A name, or its beginning and a star. */
  private Optional<NamePattern> withStar(String text, int column) {
    int star = text.indexOf('*');
    if (star >= 0 && star < text.length() - 1) {
      fault(column + star, "'*' can only be the last character of '%s'", text);
      return Optional.empty();
    }
    return Optional.of(
        star < 0
            ? NamePattern.exact(text)
            : new NamePattern(text.substring(0, star), NamePattern.Kind.PREFIX));
  }

  private Optional<NamePattern> dns(String text, int column) {
    String name = text.substring("dns:".length());
    if (name.equals("*")) {
      return Optional.of(new NamePattern("dns:", NamePattern.Kind.PREFIX));
    }
    if (!DNS_NAME.matcher(name).matches()) {
      fault(column, "'%s' is not a host: write dns:NAME, dns:*.DOMAIN or dns:*", text);
      return Optional.empty();
    }
    return Optional.of(
        name.startsWith("*.")
            ? new NamePattern(name.substring(1), NamePattern.Kind.ONE_LABEL)
            : NamePattern.exact(text));
  }

  private Optional<NamePattern> user(String text, int column) {
    String name = text.substring("uid:".length());
    if (name.equals("*")) {
      return Optional.of(new NamePattern("uid:", NamePattern.Kind.PREFIX));
    }
    if (NUMBER.matcher(name).matches()) {
      return id("uid:", name, column);
    }
    try {
      Optional<Users.User> user = users.user(name);
      if (user.isPresent()) {
        return Optional.of(NamePattern.exact("uid:" + user.get().uid()));
      }
      fault(column, "there is no user '%s' on this host", name);
    } catch (IOException e) {
      fault(column, "user '%s' cannot be looked up: %s", name, reason(e));
    }
    return Optional.empty();
  }

  private Optional<NamePattern> group(String text, int column) {
    String name = text.substring("gid:".length());
    try {
      Optional<Users.Group> group = users.group(name);
      if (group.isPresent()) {
        String gid = "gid:" + group.get().gid();
        group.get().members().forEach(uid -> groups.put("uid:" + uid, gid));
        return Optional.of(NamePattern.exact(gid));
      }
      if (NUMBER.matcher(name).matches()) {
        return id("gid:", name, column);
      }
      fault(column, "there is no group '%s' on this host", name);
    } catch (IOException e) {
      fault(column, "group '%s' cannot be looked up: %s", name, reason(e));
    }
    return Optional.empty();
  }

  /** The name by a number, without leading zeros. */
  private Optional<NamePattern> id(String kind, String number, int column) {
    long id = Long.parseLong(number);
    if (id > LARGEST_ID) {
      fault(column, "'%s' is not an id: it is at most %d", number, LARGEST_ID);
      return Optional.empty();
    }
    return Optional.of(NamePattern.exact(kind + id));
  }

  /** The reason in full: it is not what somebody has typed. */
  private static Object reason(IOException failure) {
    return new StringBuilder(String.valueOf(failure.getMessage()));
  }

  private void fault(int column, String message, Object... arguments) {
    if (faults.size() == MOST_FAULTS) {
      return;
    }
    Object[] shown = new Object[arguments.length];
    for (int i = 0; i < arguments.length; i++) {
      shown[i] = arguments[i] instanceof String text ? Truncated.of(text) : arguments[i];
    }
    faults.add(new ParsedRules.Fault(line, column, message.formatted(shown)));
  }
}
