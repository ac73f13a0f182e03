package io.datastored.file;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSetMultimap;
import com.google.common.collect.Multimaps;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file sight is what is known of a file and its path without reading the file. Immutable.
 *
 * @param directories the identity of each directory on the path to the file; missing ones are
 *     omitted
 * @param stamp of the file; empty if it is missing
 */
public record FileSight(
    LinkChain chain, ImmutableMap<Path, FileIdentity> directories, Optional<FileStamp> stamp) {

  /** Looks at a file. Touches the file system, and may block as long as that does. */
  public static FileSight of(Path file) throws IOException {
    LinkChain chain = LinkChain.of(file);
    ImmutableMap.Builder<Path, FileIdentity> directories = ImmutableMap.builder();
    for (Path directory : chain.names().keySet()) {
      try {
        directories.put(directory, FileIdentity.of(directory));
      } catch (NoSuchFileException e) {
        // It counts as missing.
      }
    }
    return new FileSight(chain, directories.buildOrThrow(), stamp(chain.target()));
  }

  private static Optional<FileStamp> stamp(Path target) throws IOException {
    try {
      return Optional.of(FileStamp.of(target));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /**
   * The names to watch, by directory. Names in missing directories cannot be watched; they are only
   * found by looking.
   */
  public ImmutableSetMultimap<Path, Path> names() {
    return ImmutableSetMultimap.copyOf(
        Multimaps.filterKeys(chain.names(), directories::containsKey));
  }

  /** Whether the same names in the same directories lead to the file. */
  public boolean hasSameWay(FileSight other) {
    return chain.equals(other.chain) && directories.equals(other.directories);
  }

  /** Whether it is the same file, which may have been written to. */
  public boolean isSameFile(FileSight other) {
    return chain.target().equals(other.chain.target())
        && stamp.map(FileStamp::identity).equals(other.stamp.map(FileStamp::identity));
  }
}
