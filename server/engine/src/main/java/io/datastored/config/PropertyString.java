package io.datastored.config;

import com.google.common.collect.ImmutableList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A property string is a value with inner structure: a comma-separated list of {@code key=value},
 * of which one key may be left out. Immutable.
 *
 * <p>The grammar is upstream's: a value that starts with a quote is a quoted string with the
 * escapes {@code \"}, {@code \\} and {@code \n}; any other value runs to the next comma; nothing is
 * trimmed; one trailing comma is tolerated.
 */
public final class PropertyString {

  private record Entry(String value, int offset) {}

  private final Map<String, Entry> entries;

  private PropertyString(Map<String, Entry> entries) {
    this.entries = entries;
  }

  /**
   * Reads a text.
   *
   * @param keys the permitted keys
   * @param defaultKey the key of a value without a key; null if there is none
   */
  public static PropertyString parse(
      String text, ImmutableList<String> keys, @Nullable String defaultKey) throws ParseError {
    Map<String, Entry> entries = new LinkedHashMap<>();
    int at = 0;
    while (at < text.length()) {
      int comma = endOr(text.indexOf(',', at), text);
      int equals = text.indexOf('=', at);
      boolean bare = text.charAt(at) == '"' || equals < 0 || equals > comma;
      String key = bare ? defaultKey : text.substring(at, equals);
      int valueAt = bare ? at : equals + 1;
      if (key == null) {
        throw new ParseError(at, "has a value without a key");
      }
      if (!keys.contains(key)) {
        throw new ParseError(
            at,
            "has the unknown key '"
                + Truncated.of(key)
                + "'"
                + NearMiss.among(key, keys)
                    .map(near -> "; did you mean '" + near + "'?")
                    .orElse(""));
      }
      QuotedText quoted = QuotedText.parse(text, valueAt);
      Entry entry = new Entry(quoted.value(), valueAt);
      if (entries.putIfAbsent(key, entry) != null) {
        throw new ParseError(at, "has the key '" + key + "' twice");
      }
      at = quoted.end() + 1;
    }
    return new PropertyString(entries);
  }

  private static int endOr(int index, String text) {
    return index < 0 ? text.length() : index;
  }

  /** The value of a key as written, which may be empty text; empty if the key is absent. */
  public Optional<String> written(String key) {
    return Optional.ofNullable(entries.get(key)).map(Entry::value);
  }

  /** The start of the value of a key, which must be present. */
  public int offset(String key) {
    Entry entry = entries.get(key);
    return entry == null ? 0 : entry.offset();
  }

  /** The text of a key; empty text counts as absent. */
  Optional<String> text(String key) {
    return written(key).filter(text -> !text.isEmpty());
  }

  OptionalInt integer(String key) throws ParseError {
    Entry entry = entries.get(key);
    return entry == null ? OptionalInt.empty() : OptionalInt.of(read(key, entry, Scalar::integer));
  }

  /** The boolean of a key; here empty text does not count as absent. */
  Optional<Boolean> bool(String key) throws ParseError {
    Entry entry = entries.get(key);
    return entry == null ? Optional.empty() : Optional.of(read(key, entry, Scalar::bool));
  }

  <E extends Enum<E>> Optional<E> word(String key, EnumNames<E> words) throws ParseError {
    return optional(key, text -> Scalar.word(text, words));
  }

  /** The value of a key; empty text counts as absent. */
  <T> Optional<T> optional(String key, Reader<T> reader) throws ParseError {
    Entry entry = entries.get(key);
    return entry == null || entry.value().isEmpty()
        ? Optional.empty()
        : Optional.of(read(key, entry, reader));
  }

  <T> T required(String key, Reader<T> reader) throws ParseError {
    Entry entry = entries.get(key);
    if (entry == null) {
      throw new ParseError(0, "needs the key '" + key + "'");
    }
    return read(key, entry, reader);
  }

  private static <T> T read(String key, Entry entry, Reader<T> reader) throws ParseError {
    try {
      return reader.read(entry.value());
    } catch (ParseError e) {
      throw new ParseError(entry.offset() + e.offset(), "key '" + key + "' " + e.reason());
    }
  }

  /** A reader parses the text of one key. */
  interface Reader<T> {
    T read(String text) throws ParseError;
  }
}
