package io.datastored.watch;

import com.google.common.collect.HashMultimap;
import com.google.common.collect.HashMultiset;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Multiset;
import com.google.common.collect.SetMultimap;
import io.datastored.config.DatastoreName;
import io.datastored.history.Generation;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A group index finds the groups that a publication touches without visiting the others. Confined
 * to the feed's lock.
 */
final class GroupIndex {
  private final Map<Scope, Group> groups = new HashMap<>();
  private final SetMultimap<DatastoreName, Group> byName = HashMultimap.create();
  private final SetMultimap<String, Group> byPrefix = HashMultimap.create();
  private final Multiset<Integer> prefixLengths = HashMultiset.create();

  /** The group of this scope, created if missing. */
  Group group(Scope scope, Supplier<Group> missing) {
    Group present = groups.get(scope);
    if (present != null) {
      return present;
    }
    Group made = missing.get();
    groups.put(scope, made);
    Selection selection = scope.selection();
    selection.names().forEach(name -> byName.put(name, made));
    for (String prefix : selection.prefixes()) {
      byPrefix.put(prefix, made);
      prefixLengths.add(prefix.length());
    }
    return made;
  }

  /** Removes an empty group. */
  void remove(Group group) {
    groups.remove(group.scope());
    Selection selection = group.scope().selection();
    selection.names().forEach(name -> byName.remove(name, group));
    for (String prefix : selection.prefixes()) {
      byPrefix.remove(prefix, group);
      prefixLengths.remove(prefix.length());
    }
  }

  /** All groups. */
  ImmutableSet<Group> all() {
    return ImmutableSet.copyOf(groups.values());
  }

  /** The touched groups, each with the generations of the last changes that touched it. */
  SetMultimap<Group, Generation> touchedBy(Publication publication) {
    SetMultimap<Group, Generation> touched = HashMultimap.create();
    publication
        .touched()
        .forEach(
            (name, generation) -> {
              Consumer<Group> touch =
                  group -> {
                    if (group.scope().allows(name)) {
                      touched.put(group, generation);
                    }
                  };
              byName.get(name).forEach(touch);
              String text = name.value();
              for (int length : prefixLengths.elementSet()) {
                if (length <= text.length()) {
                  byPrefix.get(text.substring(0, length)).forEach(touch);
                }
              }
            });
    return touched;
  }
}
