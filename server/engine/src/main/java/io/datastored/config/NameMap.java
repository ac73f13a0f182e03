package io.datastored.config;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A name map is a map from datastore names that keeps the order it was made in. Immutable, as long
 * as its values are.
 *
 * <p>Maps with the same names in the same order share them, with the index that finds them. What
 * changes is mostly one of up to a hundred thousand values: then the next map is a copy of an array
 * of references, and what differs between the two is found by walking over two such arrays. General
 * maps hash every name again for either.
 *
 * @param <V> the values, never null
 */
public final class NameMap<V> extends AbstractMap<DatastoreName, V> {

  private static final KeyIndex<DatastoreName> NO_NAMES = KeyIndex.of(ImmutableList.of());

  private final KeyIndex<DatastoreName> index;
  private final Object[] values;

  private NameMap(KeyIndex<DatastoreName> index, Object[] values) {
    this.index = index;
    this.values = values;
  }

  /** Returns a map without names. */
  public static <V> NameMap<V> of() {
    return new NameMap<>(NO_NAMES, new Object[0]);
  }

  /** Returns a map in the order of another; that one itself when it is a name map. */
  public static <V> NameMap<V> copyOf(Map<DatastoreName, V> other) {
    if (other instanceof NameMap<V> same) {
      return same;
    }
    Builder<V> builder = builder(of(), other.size());
    other.forEach(builder::put);
    return builder.build();
  }

  /**
   * Returns a builder.
   *
   * @param like a map that may have the same names in the same order
   * @param expected how many there will be, about
   */
  public static <V> Builder<V> builder(NameMap<?> like, int expected) {
    return new Builder<>(like.index, expected);
  }

  /** Tells whether another map is known to have the same names in the same order. */
  public boolean sharesNames(NameMap<?> other) {
    return index == other.index;
  }

  /**
   * Returns the names under which a map that {@linkplain #sharesNames shares} them has another
   * object, in their order.
   */
  public ImmutableList<DatastoreName> differences(NameMap<?> other) {
    checkShared(other);
    ImmutableList.Builder<DatastoreName> names = ImmutableList.builder();
    for (int i = 0; i < values.length; i++) {
      if (values[i] != other.values[i]) {
        names.add(index.key(i));
      }
    }
    return names.build();
  }

  /**
   * Returns this map with other values under some of its names.
   *
   * @throws IllegalArgumentException when it does not have one of them
   */
  public NameMap<V> replacing(Map<DatastoreName, ? extends V> others) {
    Object[] next = values.clone();
    others.forEach(
        (name, value) -> {
          int at = index.find(name);
          if (at < 0) {
            throw new IllegalArgumentException("there is no datastore '" + name + "'");
          }
          next[at] = value;
        });
    return new NameMap<>(index, next);
  }

  /** Returns the map of what a function makes of each name and value. */
  public <W> NameMap<W> mapped(BiFunction<DatastoreName, V, W> function) {
    Object[] next = new Object[values.length];
    for (int i = 0; i < next.length; i++) {
      next[i] = function.apply(index.key(i), value(i));
    }
    return new NameMap<>(index, next);
  }

  @SuppressWarnings("unchecked") // only such values are put in
  private V value(int i) {
    return (V) values[i];
  }

  private void checkShared(NameMap<?> other) {
    if (!sharesNames(other)) {
      throw new IllegalArgumentException("the maps do not share their names");
    }
  }

  @Override
  public @Nullable V get(@Nullable Object name) {
    int at = name instanceof DatastoreName sought ? index.find(sought) : -1;
    return at < 0 ? null : value(at);
  }

  @Override
  public boolean containsKey(@Nullable Object name) {
    return get(name) != null;
  }

  @Override
  public int size() {
    return values.length;
  }

  @Override
  @SuppressWarnings("unchecked") // only such values are put in
  public ImmutableList<V> values() {
    return (ImmutableList<V>) ImmutableList.copyOf(values);
  }

  /** Returns the names in their order. */
  public ImmutableList<DatastoreName> names() {
    return index.keys();
  }

  @Override
  public void forEach(BiConsumer<? super DatastoreName, ? super V> action) {
    for (int i = 0; i < values.length; i++) {
      action.accept(index.key(i), value(i));
    }
  }

  @Override
  public Set<Map.Entry<DatastoreName, V>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public Iterator<Map.Entry<DatastoreName, V>> iterator() {
        return new Iterator<>() {
          private int next;

          @Override
          public boolean hasNext() {
            return next < values.length;
          }

          @Override
          public Map.Entry<DatastoreName, V> next() {
            if (!hasNext()) {
              throw new java.util.NoSuchElementException();
            }
            next++;
            return Map.entry(index.key(next - 1), value(next - 1));
          }
        };
      }

      @Override
      public int size() {
        return values.length;
      }
    };
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (other instanceof NameMap<?> map && sharesNames(map)) {
      return Arrays.equals(values, map.values);
    }
    return super.equals(other);
  }

  @Override
  public int hashCode() {
    return super.hashCode();
  }

  /**
   * A builder collects the entries of one map. Confined to one thread.
   *
   * @param <V> the values
   */
  public static final class Builder<V> {

    private final KeyIndex<DatastoreName> like;
    private final List<Object> values;

    /** Null as long as all are those of {@link #like}, in the same order. */
    private @Nullable List<DatastoreName> names;

    private Builder(KeyIndex<DatastoreName> like, int expected) {
      this.like = like;
      this.values = new ArrayList<>(expected);
    }

    /** Adds an entry behind those before. */
    @CanIgnoreReturnValue
    public Builder<V> put(DatastoreName name, V value) {
      int at = values.size();
      List<DatastoreName> other = names;
      if (other == null && !(at < like.size() && like.key(at).equals(name))) {
        other = new ArrayList<>(Math.max(like.size(), at + 1));
        other.addAll(like.keys().subList(0, at));
        names = other;
      }
      if (other != null) {
        other.add(name);
      }
      values.add(value);
      return this;
    }

    /**
     * Returns the map.
     *
     * @throws IllegalArgumentException when a name was put twice
     */
    public NameMap<V> build() {
      if (isLike()) {
        return new NameMap<>(like, values.toArray());
      }
      List<DatastoreName> other = names;
      return new NameMap<>(
          KeyIndex.of(other == null ? like.keys().subList(0, values.size()) : other),
          values.toArray());
    }

    /**
     * Returns the map, for which an index may be there already.
     *
     * @param met has all names that were put, in the order in which they were, and perhaps more
     */
    public NameMap<V> build(KeyIndex.Builder<DatastoreName> met) {
      return isLike() || met.size() != values.size()
          ? build()
          : new NameMap<>(met.build(), values.toArray());
    }

    private boolean isLike() {
      return names == null && values.size() == like.size();
    }
  }
}
