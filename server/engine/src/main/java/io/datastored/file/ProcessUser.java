package io.datastored.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** A process user is who owns the files that this process makes. Stateless. */
public final class ProcessUser {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Pattern BLANK = Pattern.compile("\\s+");

  private ProcessUser() {}

  /**
   * The effective user id of this process. Not by the JDK's UnixSystem: it reports root for a user
   * without an entry in the user database. Not by the owner of {@code /proc/self}: that is root if
   * the process must not be dumped.
   *
   * @throws IOException if the system does not report it
   */
  public static int id() throws IOException {
    for (String line : Files.readAllLines(STATUS)) {
      if (line.startsWith("Uid:")) {
        return Integer.parseUnsignedInt(BLANK.split(line, -1)[2]);
      }
    }
    throw new IOException(STATUS + " does not show the user of this process");
  }

  /** Whether the system reports users of processes. */
  static boolean isKnown() {
    return Files.exists(STATUS);
  }
}
