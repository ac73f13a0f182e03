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
    while (slots[at] != 0) {
      if (names.get(slots[at] - 1).equals(name)) {
        throw new IllegalArgumentException("datastore '" + name + "' is there twice");
      }
      at = at + 1 & slots.length - 1;
    }
    slots[at] = place + 1;
  }

  /** The place of a name, or -1. */
  int find(DatastoreName name) {
    int at = slot(name);
    while (slots[at] != 0) {
      int place = slots[at] - 1;
      if (names.get(place).equals(name)) {
        return place;
      }
      at = at + 1 & slots.length - 1;
    }
    return -1;
  }

  private int slot(DatastoreName name) {
    return name.hashCode() * SPREAD >>> shift;
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
