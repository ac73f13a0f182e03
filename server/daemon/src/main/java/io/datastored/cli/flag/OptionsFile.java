package io.datastored.cli.flag;

import com.google.common.collect.ImmutableMap;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import io.datastored.config.NearMiss;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An options file has options of a server, one a line. Immutable.
 *
 * <pre>
 *   # a comment
 *   max-leases = 500000   # the option --max-leases
 * </pre>
 */
public final class OptionsFile {

  private final Path file;
  private final ImmutableMap<String, Line> lines;

  private OptionsFile(Path file, ImmutableMap<String, Line> lines) {
    this.file = file;
    this.lines = lines;
  }

  /** One option. Immutable. */
  private record Line(int number, int column, String value) {}

  /**
   * Reads a file.
   *
   * @param names that may be in it
   * @throws CommandFailed with the place of the first fault
   */
  public static OptionsFile read(Path file, Collection<String> names) {
    Map<String, Line> lines = new LinkedHashMap<>();
    int number = 0;
    for (String text : text(file)) {
      number++;
      read(file, number, text, names, lines);
    }
    return new OptionsFile(file, ImmutableMap.copyOf(lines));
  }

  private static List<String> text(Path file) {
    try {
      return Files.readString(file).lines().toList();
    } catch (CharacterCodingException e) {
      throw fault(file + " is not valid UTF-8");
    } catch (NoSuchFileException e) {
      throw fault("there is no options file " + file);
    } catch (AccessDeniedException e) {
      throw fault(file + " cannot be read: permission denied");
    } catch (IOException e) {
      throw fault("%s cannot be read: %s".formatted(file, e.getMessage()));
    }
  }

  private static void read(
      Path file, int number, String text, Collection<String> names, Map<String, Line> lines) {
    String content = text.replaceFirst("(^|\\s)#.*", "").stripTrailing();
    if (content.isBlank()) {
      return;
    }
    int begin = content.length() - content.stripLeading().length();
    int equals = content.indexOf('=');
    if (equals < 0) {
      throw fault(file, number, begin, "expected NAME = VALUE");
    }
    String name = content.substring(begin, equals).strip();
    String value = content.substring(equals + 1).strip();
    if (!names.contains(name)) {
      throw fault(
          file,
          number,
          begin,
          "unknown option '%s'%s"
              .formatted(
                  name,
                  NearMiss.among(name, names).map("; did you mean '%s'?"::formatted).orElse("")));
    }
    if (value.isEmpty()) {
      throw fault(
          file, number, equals + 1, "no value; remove the line to use the default of " + name);
    }
    Line earlier = lines.put(name, new Line(number, begin, value));
    if (earlier != null) {
      throw fault(
          file, number, begin, "'%s' is already set in line %d".formatted(name, earlier.number()));
    }
  }

  private static CommandFailed fault(Path file, int line, int column, String what) {
    return fault("%s:%d:%d: %s".formatted(file, line, column + 1, what));
  }

  private static CommandFailed fault(String sentence) {
    return new CommandFailed(ExitStatus.USAGE, sentence);
  }

  /** The value of an option; empty if the file does not have it. */
  Optional<String> value(String name) {
    return Optional.ofNullable(lines.get(name)).map(Line::value);
  }

  /** The place of an option; empty if the file does not have it. */
  public Optional<String> place(String name) {
    return Optional.ofNullable(lines.get(name))
        .map(line -> "%s:%d:%d".formatted(file, line.number(), line.column() + 1));
  }
}
