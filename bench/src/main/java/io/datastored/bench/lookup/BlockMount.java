package io.datastored.bench.lookup;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A block mount is a mounted file system on a block device of this machine, which can represent the
 * device of removable datastores. Immutable.
 */
public record BlockMount(Path device, Path mountPoint) {

  /**
   * The block mount of a directory.
   *
   * @throws IOException if the directory is not on a block device
   */
  public static BlockMount of(Path directory) throws IOException {
    return under(directory)
        .orElseThrow(() -> new IOException(directory + " is not on a block device"));
  }

  /**
   * The block mount of a directory; empty if the directory is not on a block device, as on an
   * overlay.
   */
  public static Optional<BlockMount> under(Path directory) throws IOException {
    Object wanted = Files.getAttribute(directory, "unix:dev");
    for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"), UTF_8)) {
      String[] halves = line.split(" - ", 2);
      Path source = Path.of(halves[1].split(" ", 3)[1]);
      if (source.isAbsolute()
          && Files.exists(source)
          && wanted.equals(Files.getAttribute(source, "unix:rdev"))) {
        return Optional.of(new BlockMount(source, Path.of(halves[0].split(" ", 6)[4])));
      }
    }
    return Optional.empty();
  }
}
