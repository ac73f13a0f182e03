package io.datastored.config;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.StringJoiner;

/** A property string printer writes keys and values in the order given. Confined to one thread. */
final class PropertyStringPrinter {

  private final StringJoiner parts = new StringJoiner(",");

  /** Adds the value of the default key, whose name is omitted. */
  PropertyStringPrinter bare(String value) {
    parts.add(QuotedText.print(value));
    return this;
  }

  /** Adds a value if there is one: the word of an enum, otherwise what {@code toString} says. */
  PropertyStringPrinter add(String key, Optional<?> value) {
    value.ifPresent(present -> parts.add(key + '=' + QuotedText.print(text(present))));
    return this;
  }

  private static String text(Object value) {
    return value instanceof Enum<?> word ? EnumNames.word(word) : value.toString();
  }

  PropertyStringPrinter add(String key, OptionalInt value) {
    value.ifPresent(present -> parts.add(key + '=' + present));
    return this;
  }

  /** The text, or empty if nothing was added: an empty property is not written. */
  Optional<String> print() {
    return parts.length() == 0 ? Optional.empty() : Optional.of(parts.toString());
  }
}
