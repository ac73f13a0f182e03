package io.datastored.config;

import static com.google.common.collect.ImmutableMap.toImmutableMap;

import com.google.common.collect.ImmutableMap;
import java.util.EnumSet;
import java.util.Optional;
import java.util.function.Function;

/**
 * A word table is the set of words by which the values of an enum are written in the file.
 * Immutable.
 */
final class WordTable<E extends Enum<E>> {

  private final ImmutableMap<String, E> byWord;

  private WordTable(ImmutableMap<String, E> byWord) {
    this.byWord = byWord;
  }

  static <E extends Enum<E>> WordTable<E> of(Class<E> type, Function<E, String> word) {
    ImmutableMap<String, E> byWord =
        EnumSet.allOf(type).stream().collect(toImmutableMap(word, value -> value));
    return new WordTable<>(byWord);
  }

  Optional<E> find(String word) {
    return Optional.ofNullable(byWord.get(word));
  }

  /** Returns the words for a message, like {@code always, error, never}. */
  String words() {
    return String.join(", ", byWord.keySet());
  }
}
