package io.datastored.bench.lookup;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A process stat is the content of {@code /proc/<pid>/stat}. Immutable.
 *
 * @param state a letter; {@code Z} for a zombie
 * @param startTime start in clock ticks after boot, which together with the pid identifies a
 *     process uniquely
 */
record ProcessStat(long pid, char state, long startTime) {

  private static final Path SELF = Path.of("/proc/self/stat");

  /** Index of the start time, field 22, counted from the field after the name, field 3. */
  private static final int START_TIME = 22 - 3;

  static ProcessStat self() throws IOException {
    return parse(Files.readAllBytes(SELF));
  }

  /** Whether a process exists and is not a zombie. */
  static boolean alive(long pid) throws IOException {
    try {
      return parse(Files.readAllBytes(Path.of("/proc/" + pid + "/stat"))).state != 'Z';
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static ProcessStat parse(byte[] bytes) {
    String text = new String(bytes, ISO_8859_1);
    long pid = Long.parseLong(text, 0, text.indexOf(' '), 10);
    // The name is in parentheses and may contain any character.
    int at = text.lastIndexOf(')') + 2;
    char state = text.charAt(at);
    for (int field = 0; field < START_TIME; field++) {
      at = text.indexOf(' ', at) + 1;
    }
    return new ProcessStat(pid, state, Long.parseLong(text, at, text.indexOf(' ', at), 10));
  }
}
