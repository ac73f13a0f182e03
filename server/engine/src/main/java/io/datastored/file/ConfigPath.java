package io.datastored.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A config path is the name by which a configuration is known: the path as it was given, absolute,
 * links and all. What it leads to may change at any time. Immutable.
 */
public final class ConfigPath {

  private static final Path HERE = Path.of(".");
  private static final Path UP = Path.of("..");

  private ConfigPath() {}

  /**
   * Returns the absolute form of a path, without the names that say nothing: {@code .}, and {@code
   * x/..} unless {@code x} is a link, since that leads to the parent of another directory.
   */
  public static Path asGiven(Path file) {
    Path absolute = file.toAbsolutePath();
    Path root = Objects.requireNonNull(absolute.getRoot());
    Path spelled = root;
    for (Path name : absolute) {
      if (name.equals(UP) && !spelled.endsWith(UP) && !Files.isSymbolicLink(spelled)) {
        spelled = Objects.requireNonNullElse(spelled.getParent(), root);
      } else if (!name.equals(HERE)) {
        spelled = spelled.resolve(name);
      }
    }
    return spelled;
  }

  /** Whether two paths lead to one file now, or would if it were there. */
  public static boolean leadToOneFile(Path one, Path other) throws IOException {
    return LinkChain.of(one).target().equals(LinkChain.of(other).target());
  }
}
