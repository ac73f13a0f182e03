package io.datastored.mount;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Splitter;
import com.google.common.collect.Streams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Mount info is the kernel's list of mounts ({@code /proc/self/mountinfo}, see proc(5)), read at
 * each call. Thread-safe.
 */
public final class MountInfo {

  /** The mounts of this process. */
  public static final MountInfo SYSTEM = new MountInfo(Path.of("/proc/self/mountinfo"));

  private static final Splitter LINES = Splitter.on('\n');
  private static final Splitter FIELDS = Splitter.on(' ');
  private static final int MOUNT_POINT = 4;

  /** The fields after the separator are the file system type and the source. */
  private static final int SOURCE_AFTER_SEPARATOR = 2;

  private final Path file;

  /** Creates a list that reads a file in the kernel's format. */
  public MountInfo(Path file) {
    this.file = file;
  }

  /** The source of the last mount at {@code mountPoint}; empty if there is none. */
  public Optional<Path> sourceOf(Path mountPoint) {
    return Streams.findLast(linesOf(mountPoint))
        .map(fields -> unescape(fields.get(fields.indexOf("-") + SOURCE_AFTER_SEPARATOR)))
        .filter(source -> source.startsWith("/"))
        .map(Path::of);
  }

  /** Whether something is mounted at a path; false if the list cannot be read. */
  public boolean isMountPoint(Path path) {
    return linesOf(path).findAny().isPresent();
  }

  private Stream<List<String>> linesOf(Path mountPoint) {
    String list;
    try {
      // A name that is not valid UTF-8 must not hide the others.
      list = new String(Files.readAllBytes(file), UTF_8);
    } catch (IOException e) {
      return Stream.empty();
    }
    String wanted = mountPoint.toString();
    return LINES
        .splitToStream(list)
        .map(FIELDS::splitToList)
        .filter(
            fields -> {
              int separator = fields.indexOf("-");
              return separator > MOUNT_POINT
                  && fields.size() > separator + SOURCE_AFTER_SEPARATOR
                  && unescape(fields.get(MOUNT_POINT)).equals(wanted);
            });
  }

  /** Decodes blank, tab, newline and backslash, which the kernel writes as three octal digits. */
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
