package io.datastored.config.document;

import io.datastored.config.Property;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A value interner keeps what each property said last. Confined to one thread. Many sections say
 * the same of schedules and modes: it is kept once for a row of them.
 */
final class ValueInterner {

  private final List<@Nullable Optional<String>> last =
      new ArrayList<>(Collections.nCopies(Property.values().length, null));

  /** Returns the words between two places, which a property has now. */
  Optional<String> of(Property property, String text, int start, int end) {
    Optional<String> before = last.get(property.ordinal());
    if (before != null && isAt(before.get(), text, start, end)) {
      return before;
    }
    Optional<String> words = Optional.of(text.substring(start, end));
    last.set(property.ordinal(), words);
    return words;
  }

  private static boolean isAt(String words, String text, int start, int end) {
    // What differs, names and paths, mostly does so in the last character.
    return words.length() == end - start
        && (words.isEmpty()
            || (words.charAt(words.length() - 1) == text.charAt(end - 1)
                && text.startsWith(words, start)));
  }
}
