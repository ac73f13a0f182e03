package io.datastored.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A config path is the path by which a configuration is known: as given, but absolute, with links
 * unresolved. Its target may change at any time. Immutable.
 */
public final class ConfigPath {

  private static final Path HERE = Path.of(".");
  private static final Path UP = Path.of("..");

  private ConfigPath() {}

  /**
   * The absolute form of a path without redundant names: {@code .}, and {@code x/..} unless {@code
   * x} is a link, which leads to the parent of another directory.
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

  /** Whether two paths lead to the same file now, or would if it existed. */
  public static boolean leadToOneFile(Path one, Path other) throws IOException {
    return LinkChain.of(one).target().equals(LinkChain.of(other).target());
  }
}
