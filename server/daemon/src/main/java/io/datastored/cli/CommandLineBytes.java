package io.datastored.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.primitives.Bytes;
import io.datastored.cli.view.VisibleText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The bytes of a command line are its arguments and the variables of this program as the kernel has
 * them. Immutable. Java decodes them by the locale and inserts a replacement character where it
 * cannot; a path or a comment that was damaged this way must not be used.
 *
 * @param arguments each without its terminating zero byte
 * @param variables those whose names begin with {@code DATASTORED_}
 * @param locale the charset that Java decodes them with
 */
record CommandLineBytes(List<byte[]> arguments, List<byte[]> variables, Charset locale) {

  private static final byte[] PREFIX = "DATASTORED_".getBytes(UTF_8);

  CommandLineBytes {
    arguments = List.copyOf(arguments);
    variables = List.copyOf(variables);
  }

  /**
   * The bytes of this process; empty where the system does not show them and Java decodes
   * everything as UTF-8.
   */
  static CommandLineBytes ofThisProcess() {
    return new CommandLineBytes(
        contents(Path.of("/proc/self/cmdline")),
        contents(Path.of("/proc/self/environ")).stream()
            .filter(variable -> Bytes.indexOf(variable, PREFIX) == 0)
            .toList(),
        decoder());
  }

  private static Charset decoder() {
    try {
      return Charset.forName(System.getProperty("sun.jnu.encoding", UTF_8.name()));
    } catch (UnsupportedCharsetException e) {
      return Charset.defaultCharset();
    }
  }

  private static List<byte[]> contents(Path file) {
    try {
      return split(Files.readAllBytes(file));
    } catch (IOException e) {
      return List.of();
    }
  }

  /** The byte strings between zero bytes. */
  static List<byte[]> split(byte[] bytes) {
    List<byte[]> parts = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        parts.add(Arrays.copyOfRange(bytes, start, i));
        start = i + 1;
      }
    }
    return parts;
  }

  /** One sentence on why the arguments cannot be trusted, with what to do; empty if they can be. */
  Optional<String> damage() {
    for (byte[] argument : arguments) {
      Optional<String> damage = damage("The argument", argument);
      if (damage.isPresent()) {
        return damage;
      }
    }
    for (byte[] variable : variables) {
      Optional<String> damage = damage("The environment variable", variable);
      if (damage.isPresent()) {
        return damage;
      }
    }
    return Optional.empty();
  }

  private Optional<String> damage(String what, byte[] bytes) {
    if (isAscii(bytes)) {
      return Optional.empty();
    }
    String shown = VisibleText.of(new String(bytes, UTF_8));
    try {
      UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
    } catch (CharacterCodingException e) {
      return Optional.of(
          "%s '%s' is not valid UTF-8. Names and texts must be UTF-8.".formatted(what, shown));
    }
    return locale.equals(UTF_8)
        ? Optional.empty()
        : Optional.of(
            "%s '%s' cannot be represented in this process's locale (%s): set LC_ALL=C.UTF-8."
                .formatted(what, shown, locale));
  }

  private static boolean isAscii(byte[] bytes) {
    for (byte each : bytes) {
      if (each < 0) {
        return false;
      }
    }
    return true;
  }
}
