package io.datastored.cli.cluster;

import io.datastored.file.PrivateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An edited file is a text in a file that only its user may read, while it is edited. Confined to
 * one thread. It stays until it is removed, so that no text is lost.
 *
 * @param path in a directory of its own, since editors write other files beside it
 */
record EditedFile(Path path) {

  static EditedFile create(String name, byte[] text) throws IOException {
    Path file = Files.createTempDirectory("datastored-edit-").resolve(name);
    Files.write(Files.createFile(file, PrivateFile.ATTRIBUTE), text);
    return new EditedFile(file);
  }

  byte[] read() throws IOException {
    return Files.readAllBytes(path);
  }

  /** Removes it; what an editor has left beside it stays. */
  void remove() throws IOException {
    Files.deleteIfExists(path);
    Path directory = path.getParent();
    if (directory != null) {
      try (var left = Files.list(directory)) {
        if (left.findAny().isPresent()) {
          return;
        }
      }
      Files.delete(directory);
    }
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
