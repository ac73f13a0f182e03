package io.datastored.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Deletes a directory tree. Stateless. */
public final class DeleteTree {

  private DeleteTree() {}

  /** Deletes a directory tree, even while a process that ends removes its own files from it. */
  public static void of(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        boolean unused = Files.deleteIfExists(file);
      }
    }
  }
}
