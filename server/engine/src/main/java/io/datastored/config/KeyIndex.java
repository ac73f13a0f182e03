package io.datastored.config;

import com.google.common.collect.ImmutableList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * A key index has different keys in the order in which they came, and finds the place of each.
 * Immutable. Open addressing, at most half full: where a general map has an entry for each key,
 * this has a number.
 *
 * @param <K> the keys
 */
public final class KeyIndex<K> {

  private final ImmutableList<K> keys;

  /** The place of a key, plus one; zero where no key is. */
  private final int[] slots;

  private KeyIndex(ImmutableList<K> keys, int[] slots) {
    this.keys = keys;
    this.slots = slots;
  }

  /**
   * Of different keys.
   *
   * @throws IllegalArgumentException when two are the same
   */
  static <K> KeyIndex<K> of(Collection<K> keys) {
    Builder<K> builder = new Builder<>(keys.size());
    for (K key : keys) {
      if (builder.add(key) >= 0) {
        throw new IllegalArgumentException("'" + key + "' is there twice");
      }
    }
    return builder.build();
  }

  /** The place of a key, or -1. */
  public int find(K key) {
    return slots[slot(slots, keys, key)] - 1;
  }

  public K key(int place) {
    return keys.get(place);
  }

  ImmutableList<K> keys() {
    return keys;
  }

  public int size() {
    return keys.size();
  }

  /** The slot that a key has, or else the one that it would be given. */
  private static <K> int slot(int[] slots, List<K> keys, K key) {
    int at = start(slots, key);
    while (slots[at] != 0 && !keys.get(slots[at] - 1).equals(key)) {
      at = at + 1 & slots.length - 1;
    }
    return at;
  }

  /** Where the search for a key begins. */
  private static int start(int[] slots, Object key) {
    // The golden ratio as a fraction of 2^32: neighbouring hashes land far apart.
    return key.hashCode() * 0x9E3779B9 >>> Integer.numberOfLeadingZeros(slots.length) + 1;
  }

  /**
   * A builder collects keys. Confined to one thread.
   *
   * @param <K> the keys
   */
  public static final class Builder<K> {

    private static final int LEAST = 4;

    private K[] keys;
    private List<K> view;
    private int size;
    private int[] slots;

    /**
     * @param expected how many keys there will be, about
     */
    @SuppressWarnings("unchecked") // the array does not leave this class
    public Builder(int expected) {
      int room = Integer.highestOneBit(Math.max(LEAST, expected * 2 - 1)) * 2;
      keys = (K[]) new Object[room / 2];
      view = Arrays.asList(keys);
      slots = new int[room];
    }

    /** Adds a key behind those before, unless it is there: then its place is returned, or -1. */
    public int add(K key) {
      int at = slot(slots, view, key);
      if (slots[at] != 0) {
        return slots[at] - 1;
      }
      if (size == keys.length) {
        grow();
        at = slot(slots, view, key);
      }
      keys[size] = key;
      size++;
      slots[at] = size;
      return -1;
    }

    private void grow() {
      keys = Arrays.copyOf(keys, keys.length * 2);
      view = Arrays.asList(keys);
      int[] wider = new int[slots.length * 2];
      for (int place = 0; place < size; place++) {
        int at = start(wider, keys[place]);
        while (wider[at] != 0) {
          at = at + 1 & wider.length - 1;
        }
        wider[at] = place + 1;
      }
      slots = wider;
    }

    public int size() {
      return size;
    }

    /** Returns the index; the builder must not be used any more. */
    public KeyIndex<K> build() {
      return new KeyIndex<>(ImmutableList.copyOf(view.subList(0, size)), slots);
    }
  }
}
