package io.datastored.config;

import static com.google.common.collect.ImmutableMap.toImmutableMap;

import com.google.common.collect.ImmutableMap;
import java.util.EnumSet;
import java.util.Optional;
import java.util.function.Function;

/** Enum names are the words for the values of an enum in the file. Immutable. */
final class EnumNames<E extends Enum<E>> {

  private final ImmutableMap<String, Optional<E>> byWord;

  private EnumNames(ImmutableMap<String, Optional<E>> byWord) {
    this.byWord = byWord;
  }

  static <E extends Enum<E>> EnumNames<E> of(Class<E> type, Function<E, String> word) {
    return new EnumNames<>(
        EnumSet.allOf(type).stream().collect(toImmutableMap(word, Optional::of)));
  }

  Optional<E> find(String word) {
    return byWord.getOrDefault(word, Optional.empty());
  }

  /** The words for a message, like {@code always, error, never}. */
  String words() {
    return String.join(", ", byWord.keySet());
  }
}
