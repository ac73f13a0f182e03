package io.datastored.watch;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedSet;
import io.datastored.config.DatastoreName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * A selection is the datastores that a watch covers, given as names and prefixes of names.
 * Immutable. Patterns that another pattern covers are dropped, so that equivalent selections are
 * equal and their watchers share frames.
 *
 * @param names datastores selected one by one, none of them covered by a prefix
 * @param prefixes beginnings of names, none of them covered by another; the empty one selects all
 */
public record Selection(ImmutableSet<DatastoreName> names, ImmutableSortedSet<String> prefixes) {
  private static final String ANY = "*";
  private static final Selection EVERYTHING =
      new Selection(ImmutableSet.of(), ImmutableSortedSet.of(""));

  /** Drops patterns that are covered. */
  public Selection {
    prefixes = uncovered(prefixes);
    names = uncovered(names, prefixes);
  }

  /** Every datastore, including those that do not exist yet. */
  public static Selection everything() {
    return EVERYTHING;
  }

  /**
   * Parses validated patterns: names, or prefixes that end in {@code *}. No pattern means
   * everything.
   */
  public static Selection of(Collection<String> patterns) {
    if (patterns.isEmpty()) {
      return EVERYTHING;
    }
    ImmutableSet.Builder<DatastoreName> names = ImmutableSet.builder();
    List<String> prefixes = new ArrayList<>();
    for (String pattern : patterns) {
      if (pattern.endsWith(ANY)) {
        prefixes.add(pattern.substring(0, pattern.length() - ANY.length()));
      } else {
        names.add(new DatastoreName(pattern));
      }
    }
    return new Selection(names.build(), ImmutableSortedSet.copyOf(prefixes));
  }

  /** Whether every datastore is selected. */
  public boolean isEverything() {
    return prefixes.contains("");
  }

  /** Whether all datastores are listed by name, so that nothing else needs to be examined. */
  boolean isNamesOnly() {
    return prefixes.isEmpty();
  }

  /** Whether this datastore is selected. */
  public boolean selects(DatastoreName name) {
    return covers(prefixes, name.value()) || names.contains(name);
  }

  // Only the greatest prefix at or below the text can cover it: anything between a covering prefix
  // and the text begins with that prefix, so it was dropped.
  private static boolean covers(ImmutableSortedSet<String> prefixes, String text) {
    String nearest = prefixes.floor(text);
    return nearest != null && text.startsWith(nearest);
  }

  private static ImmutableSortedSet<String> uncovered(ImmutableSortedSet<String> prefixes) {
    TreeSet<String> kept = new TreeSet<>();
    for (String prefix : prefixes) {
      String nearest = kept.floor(prefix);
      if (nearest == null || !prefix.startsWith(nearest)) {
        kept.add(prefix);
      }
    }
    return ImmutableSortedSet.copyOf(kept);
  }

  private static ImmutableSet<DatastoreName> uncovered(
      ImmutableSet<DatastoreName> names, ImmutableSortedSet<String> prefixes) {
    return names.stream()
        .filter(name -> !covers(prefixes, name.value()))
        .collect(ImmutableSet.toImmutableSet());
  }
}
