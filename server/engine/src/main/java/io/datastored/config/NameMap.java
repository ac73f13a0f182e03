package io.datastored.config;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A name map is a map from datastore names that keeps the insertion order. Immutable, provided that
 * its values are.
 *
 * <p>Maps with the same names in the same order share the names and their indexes. A change usually
 * replaces one of up to a hundred thousand values. Then the next map is a copy of an array of
 * references, and the differences are found by comparing two such arrays. A general map would hash
 * every name again for each.
 *
 * @param <V> the values, never null
 */
public final class NameMap<V> extends AbstractMap<DatastoreName, V> {

  /** The index of each name, and of its value; in the order of indexes. */
  private final ImmutableMap<DatastoreName, Integer> places;

  private final ImmutableList<DatastoreName> names;
  private final Object[] values;

  private NameMap(ImmutableMap<DatastoreName, Integer> places, Object[] values) {
    this.places = places;
    this.names = places.keySet().asList();
    this.values = values;
  }

  /** An empty map. */
  public static <V> NameMap<V> of() {
    return new NameMap<>(ImmutableMap.of(), new Object[0]);
  }

  /** A map in the order of another; that map itself if it is a name map. */
  public static <V> NameMap<V> copyOf(Map<DatastoreName, V> other) {
    if (other instanceof NameMap<V> same) {
      return same;
    }
    Builder<V> builder = builder(of(), other.size());
    other.forEach(builder::put);
    return builder.build();
  }

  /**
   * A builder.
   *
   * @param like a map that may have the same names in the same order
   * @param expected the approximate number of names
   */
  public static <V> Builder<V> builder(NameMap<?> like, int expected) {
    return new Builder<>(like, expected);
  }

  /** Whether another map is known to have the same names in the same order. */
  public boolean sharesNames(NameMap<?> other) {
    return places == other.places;
  }

  /**
   * The names for which a map that {@linkplain #sharesNames shares} them has a different object, in
   * order.
   */
  public ImmutableList<DatastoreName> differences(NameMap<?> other) {
    checkShared(other);
    ImmutableList.Builder<DatastoreName> different = ImmutableList.builder();
    for (int i = 0; i < values.length; i++) {
      if (values[i] != other.values[i]) {
        different.add(names.get(i));
      }
    }
    return different.build();
  }

  /**
   * This map with other values for some of its names.
   *
   * @throws IllegalArgumentException when it does not have one of them
   */
  public NameMap<V> replacing(Map<DatastoreName, ? extends V> others) {
    Object[] next = values.clone();
    others.forEach(
        (name, value) -> {
          Integer at = places.get(name);
          if (at == null) {
            throw new IllegalArgumentException("there is no datastore '" + name + "'");
          }
          next[at] = value;
        });
    return new NameMap<>(places, next);
  }

  /** The map with the result of a function for each name and value. */
  public <W> NameMap<W> mapped(BiFunction<DatastoreName, V, W> function) {
    Object[] next = new Object[values.length];
    for (int i = 0; i < next.length; i++) {
      next[i] = function.apply(names.get(i), value(i));
    }
    return new NameMap<>(places, next);
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
    Integer at = places.get(name);
    return at == null ? null : value(at);
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

  /** The names in their order. */
  public ImmutableList<DatastoreName> names() {
    return names;
  }

  @Override
  public void forEach(BiConsumer<? super DatastoreName, ? super V> action) {
    for (int i = 0; i < values.length; i++) {
      action.accept(names.get(i), value(i));
    }
  }

  @Override
  public Set<Map.Entry<DatastoreName, V>> entrySet() {
    return Maps.transformValues(places, this::value).entrySet();
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
   * A builder builds one map. Confined to one thread.
   *
   * @param <V> the values
   */
  public static final class Builder<V> {

    private final NameMap<?> like;
    private final List<Object> values;

    /** Null as long as the names are those of {@link #like}, in the same order. */
    private @Nullable List<DatastoreName> names;

    private Builder(NameMap<?> like, int expected) {
      this.like = like;
      this.values = new ArrayList<>(expected);
    }

    /** Appends an entry. */
    @CanIgnoreReturnValue
    public Builder<V> put(DatastoreName name, V value) {
      int at = values.size();
      List<DatastoreName> other = names;
      if (other == null && !(at < like.size() && like.names.get(at).equals(name))) {
        other = new ArrayList<>(like.names.subList(0, at));
        names = other;
      }
      if (other != null) {
        other.add(name);
      }
      values.add(value);
      return this;
    }

    /**
     * The map.
     *
     * @throws IllegalArgumentException when a name was put twice
     */
    public NameMap<V> build() {
      List<DatastoreName> others = names;
      if (others == null && values.size() == like.size()) {
        return new NameMap<>(like.places, values.toArray());
      }
      return new NameMap<>(
          places(others == null ? like.names.subList(0, values.size()) : others), values.toArray());
    }

    private static ImmutableMap<DatastoreName, Integer> places(List<DatastoreName> names) {
      ImmutableMap.Builder<DatastoreName, Integer> places =
          ImmutableMap.builderWithExpectedSize(names.size());
      for (int place = 0; place < names.size(); place++) {
        places.put(names.get(place), place);
      }
      return places.buildOrThrow();
    }
  }
}
