package io.datastored.file;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Hidden names are the names that a save uses beside its target. Immutable. No other program uses
 * names of these forms, so a file with one belongs to datastored.
 */
public final class HiddenNames {

  private static final String NEW = ".new~";
  private static final String ASIDE = ".aside~";

  private HiddenNames() {}

  /** The name for new content, {@code .NAME.PID-NUMBER.new~}. */
  static Path fresh(Path target, long number) {
    return target.resolveSibling(
        prefix(target) + ProcessHandle.current().pid() + '-' + number + NEW);
  }

  /** The name for the old content during a save, {@code .NAME.DIGEST.aside~}. */
  static Path aside(Path target, Digest digest) {
    return target.resolveSibling(prefix(target) + digest.hex() + ASIDE);
  }

  static boolean isFresh(Path target, Path file) {
    return has(target, file, NEW);
  }

  /** The digest that a file set aside should have; empty for any other file. */
  static Optional<Digest> digestOfAside(Path target, Path file) {
    if (!has(target, file, ASIDE)) {
      return Optional.empty();
    }
    String name = file.getFileName().toString();
    return Digest.tryParse(name.substring(prefix(target).length(), name.length() - ASIDE.length()));
  }

  /** Whether a name is that of a hidden file of any target. */
  public static boolean isHidden(Path file) {
    String name = file.getFileName().toString();
    return name.startsWith(".") && (name.endsWith(NEW) || name.endsWith(ASIDE));
  }

  public static Path directoryOf(Path target) {
    Path parent = target.getParent();
    if (parent == null) {
      throw new IllegalArgumentException(target + " is not a file in a directory");
    }
    return parent;
  }

  private static String prefix(Path target) {
    return "." + target.getFileName() + '.';
  }

  private static boolean has(Path target, Path file, String ending) {
    String name = file.getFileName().toString();
    return name.startsWith(prefix(target))
        && name.endsWith(ending)
        && name.length() >= prefix(target).length() + ending.length();
  }
}
