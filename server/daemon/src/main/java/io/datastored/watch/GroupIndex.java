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
import java.util.function.Supplier;

/**
 * A group index finds the groups that a publication touches without visiting the others. Confined
 * to the feed's lock.
 */
final class GroupIndex {
  private record Key(Selection selection, View view) {}

  private final Map<Key, Group> groups = new HashMap<>();
  private final SetMultimap<DatastoreName, Group> byName = HashMultimap.create();
  private final SetMultimap<String, Group> byPrefix = HashMultimap.create();
  private final Multiset<Integer> prefixLengths = HashMultiset.create();

  /** The group of this selection and view, created if missing. */
  Group group(Selection selection, View view, Supplier<Group> missing) {
    Key key = new Key(selection, view);
    Group present = groups.get(key);
    if (present != null) {
      return present;
    }
    Group made = missing.get();
    groups.put(key, made);
    selection.names().forEach(name -> byName.put(name, made));
    for (String prefix : selection.prefixes()) {
      byPrefix.put(prefix, made);
      prefixLengths.add(prefix.length());
    }
    return made;
  }

  /** Removes an empty group. */
  void remove(Group group) {
    Selection selection = group.selection();
    groups.remove(new Key(selection, group.view()));
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
              byName.get(name).forEach(group -> touched.put(group, generation));
              String text = name.value();
              for (int length : prefixLengths.elementSet()) {
                if (length <= text.length()) {
                  byPrefix
                      .get(text.substring(0, length))
                      .forEach(group -> touched.put(group, generation));
                }
              }
            });
    return touched;
  }
}
