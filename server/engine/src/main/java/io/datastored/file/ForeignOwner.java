package io.datastored.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A foreign owner is the owner of a file that is not the user of this process. Immutable. */
public final class ForeignOwner {

  private ForeignOwner() {}

  /**
   * The owner of a file; empty if it is this process's user, or if the system does not report
   * owners.
   */
  public static Optional<String> of(Path file) throws IOException {
    if (!ProcessUser.isKnown() || Files.getAttribute(file, "unix:uid").equals(ProcessUser.id())) {
      return Optional.empty();
    }
    return Optional.of("user " + Files.getOwner(file).getName());
  }
}
