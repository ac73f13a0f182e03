package io.datastored.config;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A link target is the path at which a file really stands, or would, once links are followed.
 * Immutable.
 */
final class LinkTarget {

  private static final int MAX_LINKS = 40;

  private LinkTarget() {}

  /**
   * Follows links of the file's own name, also to a file that is not there; directories are left
   * alone.
   */
  static Path of(Path file) throws IOException {
    Path target = file.toAbsolutePath();
    for (int links = 0; Files.isSymbolicLink(target); links++) {
      if (links == MAX_LINKS) {
        throw new FileSystemLoopException(file.toString());
      }
      target = target.resolveSibling(Files.readSymbolicLink(target));
    }
    return target;
  }
}
