package io.datastored.access;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import io.datastored.config.DatastoreName;
import io.datastored.file.Digest;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Rules are all rules of a file, or the built-in ones. Immutable. Who they are for is looked up,
 * not searched, so there may be many.
 */
public final class Rules {

  /** No rules: nobody may do anything. */
  static final Rules NONE =
      new Rules("no rules", Digest.EMPTY, ImmutableList.of(), ImmutableSetMultimap.of());

  private final String origin;
  private final Digest digest;
  private final int size;
  private final ImmutableListMultimap<String, Rule> byName;
  private final ImmutableList<Rule> byPattern;
  private final ImmutableSetMultimap<String, String> groups;

  /**
   * @param origin what the lines are lines of, for people
   * @param digest of their text
   * @param groups for the name of a user those of the groups that it is in and that rules are for
   */
  Rules(String origin, Digest digest, List<Rule> all, ImmutableSetMultimap<String, String> groups) {
    this.origin = origin;
    this.digest = digest;
    this.size = all.size();
    this.groups = groups;
    ImmutableListMultimap.Builder<String, Rule> names = ImmutableListMultimap.builder();
    ImmutableList.Builder<Rule> patterns = ImmutableList.builder();
    for (Rule rule : all) {
      if (rule.who().kind() == NamePattern.Kind.EXACT) {
        names.put(rule.who().text(), rule);
      } else {
        patterns.add(rule);
      }
    }
    this.byName = names.build();
    this.byPattern = patterns.build();
  }

  /** The rules that hold without a file. */
  public static Rules builtIn() {
    return WrittenRules.BUILT_IN.rules();
  }

  /** Rules for trials: everybody may do everything. */
  public static Rules open() {
    return WrittenRules.OPEN.rules();
  }

  /** The number of rules. */
  public int size() {
    return size;
  }

  /** The digest of their text. */
  public Digest digest() {
    return digest;
  }

  /** What they grant. */
  Rights rightsOf(Identity identity) {
    return Rights.by(of(identity));
  }

  private List<Rule> of(Identity identity) {
    ImmutableSet<String> names =
        ImmutableSet.<String>builder()
            .addAll(identity.names())
            .addAll(identity.names().stream().flatMap(name -> groups.get(name).stream()).iterator())
            .build();
    Stream<Rule> named = names.stream().flatMap(name -> byName.get(name).stream());
    Stream<Rule> matched = byPattern.stream().filter(rule -> rule.isFor(names));
    return Stream.concat(named, matched).sorted(Comparator.comparingInt(Rule::line)).toList();
  }

  /** The role, and the first rule that makes it: a deny, or the highest allow. */
  Explanation explain(Identity identity, Optional<DatastoreName> name) {
    List<Rule> rules = of(identity);
    Rights rights = Rights.by(rules);
    Role role = name.map(rights::role).orElseGet(rights::server);
    Role allowed = name.map(rights::allowed).orElseGet(rights::serverAllowed);
    // A deny decides if more is allowed than is left; else the allow does.
    Predicate<Rule> decides =
        role == allowed
            ? rule -> rule.effect() == Rule.Effect.ALLOW && rule.role() == role
            : rule -> rule.effect() == Rule.Effect.DENY && rule.role().below() == role;
    return rules.stream()
        .filter(decides)
        .filter(rule -> rule.where().stream().anyMatch(where -> covers(where, name)))
        .findFirst()
        .map(rule -> new Explanation(role, said(rule)))
        .orElseGet(() -> new Explanation(role, "none in " + origin));
  }

  private String said(Rule rule) {
    String effect = rule.effect() == Rule.Effect.DENY ? "deny" : "allow";
    return "line %d of %s (%s %s)".formatted(rule.line(), origin, effect, rule.role().word());
  }

  private static boolean covers(String where, Optional<DatastoreName> name) {
    if (where.equals("*")) {
      return true;
    }
    return name.isPresent()
        && (where.endsWith("*")
            ? name.get().value().startsWith(where.substring(0, where.length() - 1))
            : name.get().value().equals(where));
  }

  @Override
  public String toString() {
    return origin;
  }
}
