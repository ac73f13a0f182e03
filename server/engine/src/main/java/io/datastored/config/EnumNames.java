package io.datastored.config;

import static com.google.common.collect.ImmutableMap.toImmutableMap;

import com.google.common.collect.ImmutableMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;

/**
 * Enum names are the words for the values of an enum in the file: their names in lower case, with
 * {@code -} for {@code _}, except that {@code filesystem} is one word. Immutable.
 */
final class EnumNames<E extends Enum<E>> {

  private final ImmutableMap<String, Optional<E>> byWord;

  private EnumNames(ImmutableMap<String, Optional<E>> byWord) {
    this.byWord = byWord;
  }

  static <E extends Enum<E>> EnumNames<E> of(Class<E> type) {
    return new EnumNames<>(
        EnumSet.allOf(type).stream().collect(toImmutableMap(EnumNames::word, Optional::of)));
  }

  /** The word for a value. */
  static String word(Enum<?> value) {
    return value
        .name()
        .toLowerCase(Locale.ROOT)
        .replace('_', '-')
        .replace("file-system", "filesystem");
  }

  Optional<E> find(String word) {
    return byWord.getOrDefault(word, Optional.empty());
  }

  /** The words for a message, like {@code always, error, never}. */
  String words() {
    return String.join(", ", byWord.keySet());
  }
}
