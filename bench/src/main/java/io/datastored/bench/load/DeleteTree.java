package io.datastored.bench.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Deletes a directory with all that is in it. Stateless. */
final class DeleteTree {

  private DeleteTree() {}

  static void of(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        // A process that ends takes its own away meanwhile.
        boolean unused = Files.deleteIfExists(file);
      }
    }
  }
}
