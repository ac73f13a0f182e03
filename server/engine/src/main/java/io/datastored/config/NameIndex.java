package io.datastored.config;

import com.google.common.collect.ImmutableList;
import java.util.Collection;

/**
 * A name index has names in an order, and finds the place of each. Immutable. Open addressing, at
 * most half full.
 */
final class NameIndex {

  static final NameIndex EMPTY = of(ImmutableList.of());

  /** The golden ratio as a fraction of 2^32: neighbouring hashes land far apart. */
  private static final int SPREAD = 0x9E3779B9;

  private static final int LEAST = 2;

  private final ImmutableList<DatastoreName> names;

  /** The place of a name, plus one; zero where no name is. */
  private final int[] slots;

  private final int shift;

  private NameIndex(ImmutableList<DatastoreName> names) {
    this.names = names;
    this.slots = new int[Integer.highestOneBit(Math.max(LEAST, names.size() * 2 - 1)) * 2];
    this.shift = Integer.numberOfLeadingZeros(slots.length) + 1;
  }

  /**
   * Of different names.
   *
   * @throws IllegalArgumentException when two are the same
   */
  static NameIndex of(Collection<DatastoreName> names) {
    NameIndex index = new NameIndex(ImmutableList.copyOf(names));
    for (int i = 0; i < index.names.size(); i++) {
      index.put(i);
    }
    return index;
  }

  private void put(int place) {
    DatastoreName name = names.get(place);
    int at = slot(name);
    if (slots[at] != 0) {
      throw new IllegalArgumentException("datastore '" + name + "' is there twice");
    }
    slots[at] = place + 1;
  }

  /** The place of a name, or -1. */
  int find(DatastoreName name) {
    return slots[slot(name)] - 1;
  }

  /** The slot that a name has, or else the one that it would be given. */
  private int slot(DatastoreName name) {
    int at = name.hashCode() * SPREAD >>> shift;
    while (slots[at] != 0 && !names.get(slots[at] - 1).equals(name)) {
      at = at + 1 & slots.length - 1;
    }
    return at;
  }

  DatastoreName name(int place) {
    return names.get(place);
  }

  ImmutableList<DatastoreName> names() {
    return names;
  }

  int size() {
    return names.size();
  }
}
