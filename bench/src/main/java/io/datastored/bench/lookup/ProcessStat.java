package io.datastored.bench.lookup;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A process stat is what {@code /proc/<pid>/stat} says of a process. Immutable.
 *
 * @param state a letter, {@code Z} for one that is dead and not yet waited for
 * @param startTime in clock ticks after boot: with the id it names a process for good
 */
record ProcessStat(long pid, char state, long startTime) {

  private static final Path SELF = Path.of("/proc/self/stat");

  /** Fields are counted from the one after the name: state is field 3, the start time 22. */
  private static final int START_TIME = 22 - 3;

  static ProcessStat self() throws IOException {
    return parse(Files.readAllBytes(SELF));
  }

  /** Whether a process is there and not dead. */
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
    // The name stands in parentheses and may hold anything.
    int at = text.lastIndexOf(')') + 2;
    char state = text.charAt(at);
    for (int field = 0; field < START_TIME; field++) {
      at = text.indexOf(' ', at) + 1;
    }
    return new ProcessStat(pid, state, Long.parseLong(text, at, text.indexOf(' ', at), 10));
  }
}
