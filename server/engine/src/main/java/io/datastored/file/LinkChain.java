package io.datastored.file;

import com.google.common.collect.ImmutableSetMultimap;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;

/**
 * A link chain leads from a path to its file, following links of the file and of its directories as
 * the system does. Immutable: the chain at one moment.
 *
 * @param target the real path of the file, whether or not it exists; no directory of it is a link
 * @param names the names that decide where the path leads: for each real directory, the links that
 *     were followed there, and the target itself
 */
public record LinkChain(Path target, ImmutableSetMultimap<Path, Path> names) {

  /** The maximum number of links that the system follows. */
  private static final int MAX_LINKS = 40;

  /**
   * Follows a path, even to a missing file.
   *
   * @throws IOException when links form a cycle, or change while they are read
   */
  public static LinkChain of(Path file) throws IOException {
    Path at = root(file.toAbsolutePath());
    Deque<Path> ahead = new ArrayDeque<>();
    push(file.toAbsolutePath(), ahead);
    ImmutableSetMultimap.Builder<Path, Path> names = ImmutableSetMultimap.builder();
    int links = 0;
    while (!ahead.isEmpty()) {
      Path name = ahead.pop();
      Path next = at.resolve(name).normalize();
      if (Files.isSymbolicLink(next)) {
        if (++links > MAX_LINKS) {
          throw new FileSystemLoopException(file.toString());
        }
        names.put(at, name);
        Path to = Files.readSymbolicLink(next);
        at = to.isAbsolute() ? root(to) : at;
        push(to, ahead);
      } else {
        at = next;
      }
    }
    if (at.getParent() == null) {
      throw new FileSystemException(file.toString(), null, "it is not a file in a directory");
    }
    names.put(at.getParent(), at.getFileName());
    return new LinkChain(at, names.build());
  }

  private static Path root(Path absolute) {
    return Objects.requireNonNull(absolute.getRoot());
  }

  private static void push(Path path, Deque<Path> ahead) {
    for (int i = path.getNameCount() - 1; i >= 0; i--) {
      ahead.push(path.getName(i));
    }
  }
}
