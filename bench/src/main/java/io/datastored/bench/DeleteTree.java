package io.datastored.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Deletes a directory with all that is in it. Stateless. */
public final class DeleteTree {

  private DeleteTree() {}

  /** Deletes it; what a process that ends takes away meanwhile is gone as well. */
  public static void of(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        boolean unused = Files.deleteIfExists(file);
      }
    }
  }
}
