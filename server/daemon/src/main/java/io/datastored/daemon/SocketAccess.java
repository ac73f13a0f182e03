package io.datastored.daemon;

import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A socket access is the set of users of this host that may connect to a Unix socket. Immutable.
 *
 * @param mode of the socket, regardless of the umask: users that may write to it may connect
 * @param group of the socket; the process's own if empty
 */
public record SocketAccess(Set<PosixFilePermission> mode, Optional<String> group) {
  public static final String DEFAULT_MODE = "0666";

  private static final Pattern OCTAL = Pattern.compile("0?[0-7]{3}");

  public SocketAccess {
    mode = Set.copyOf(mode);
  }

  /** Every user may connect: what a caller may do depends on its uid. */
  public static SocketAccess defaults() {
    return new SocketAccess(modeOf(DEFAULT_MODE), Optional.empty());
  }

  /**
   * Parses a mode such as {@code 0660}.
   *
   * @throws IllegalArgumentException if it is not a mode
   */
  public static Set<PosixFilePermission> modeOf(String octal) {
    if (!OCTAL.matcher(octal).matches()) {
      throw new IllegalArgumentException(
          "'" + octal + "' is not a file mode, such as 0660 or 0600");
    }
    int bits = Integer.parseInt(octal, 8);
    Set<PosixFilePermission> mode = EnumSet.noneOf(PosixFilePermission.class);
    PosixFilePermission[] fromTheTop = PosixFilePermission.values();
    for (int each = 0; each < fromTheTop.length; each++) {
      if ((bits & 1 << fromTheTop.length - 1 - each) != 0) {
        mode.add(fromTheTop[each]);
      }
    }
    return mode;
  }
}
