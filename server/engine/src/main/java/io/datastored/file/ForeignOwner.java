package io.datastored.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A foreign owner is a user who has a file and is not the one that this process runs as. Immutable.
 */
public final class ForeignOwner {

  /** A directory that the system says belongs to whoever looks. */
  private static final Path SELF = Path.of("/proc/self");

  private ForeignOwner() {}

  /** Returns who has a file, unless we do; nothing either where the system does not tell. */
  public static Optional<String> of(Path file) throws IOException {
    if (!Files.isDirectory(SELF)
        || Files.getAttribute(file, "unix:uid").equals(Files.getAttribute(SELF, "unix:uid"))) {
      return Optional.empty();
    }
    return Optional.of("user " + Files.getOwner(file).getName());
  }
}
