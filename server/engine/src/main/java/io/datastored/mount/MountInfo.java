package io.datastored.mount;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Mount info is the kernel's list of mounts ({@code /proc/self/mountinfo}, see proc(5)), read when
 * it is asked. Thread-safe.
 */
final class MountInfo {

  private static final Splitter FIELDS = Splitter.on(' ');
  private static final int MOUNT_POINT = 4;

  /** After the separator: file system type, source. */
  private static final int SOURCE_AFTER_SEPARATOR = 2;

  private final Path file;

  MountInfo(Path file) {
    this.file = file;
  }

  /** The source of what is mounted, last, at {@code mountPoint}; empty when nothing is. */
  Optional<Path> sourceOf(Path mountPoint) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file, UTF_8);
    } catch (IOException e) {
      return Optional.empty();
    }
    String wanted = mountPoint.toString();
    Optional<Path> found = Optional.empty();
    for (String line : lines) {
      List<String> fields = FIELDS.splitToList(line);
      int separator = fields.indexOf("-");
      if (separator > MOUNT_POINT
          && fields.size() > separator + SOURCE_AFTER_SEPARATOR
          && unescape(fields.get(MOUNT_POINT)).equals(wanted)) {
        String source = unescape(fields.get(separator + SOURCE_AFTER_SEPARATOR));
        found = source.startsWith("/") ? Optional.of(Path.of(source)) : Optional.empty();
      }
    }
    return found;
  }

  /** The kernel writes blank, tab, newline and backslash as three octal digits. */
  private static String unescape(String field) {
    if (field.indexOf('\\') < 0) {
      return field;
    }
    StringBuilder text = new StringBuilder(field.length());
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (c == '\\' && i + 3 < field.length()) {
        text.append((char) Integer.parseInt(field, i + 1, i + 4, 8));
        i += 3;
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }
}
