package io.datastored.cli.flag;

import static java.util.stream.Collectors.joining;

import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableList;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A word converter parses one of a few words, as printed by the enum, in either case. Immutable.
 */
final class WordConverter<E extends Enum<E>> implements ITypeConverter<E> {

  private final ImmutableList<E> words;

  WordConverter(Class<E> type) {
    this.words = ImmutableList.copyOf(type.getEnumConstants());
  }

  @Override
  public E convert(String text) {
    for (E word : words) {
      if (word.toString().equalsIgnoreCase(text)) {
        return word;
      }
    }
    throw new TypeConversionException(
        "invalid value '%s' (expected one of: %s)"
            .formatted(
                text,
                words.stream().map(Enum::toString).map(Ascii::toLowerCase).collect(joining(", "))));
  }
}
