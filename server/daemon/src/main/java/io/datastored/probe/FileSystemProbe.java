package io.datastored.probe;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file system probe reads the real file system: its space, and {@code .gc-status} in the base
 * directory. Stateless.
 */
public final class FileSystemProbe implements Probe {

  @Override
  public Measurement measure(Path basePath) throws IOException {
    FileStore store = Files.getFileStore(basePath);
    long total = store.getTotalSpace();
    Space space = new Space(total, total - store.getUnallocatedSpace(), store.getUsableSpace());
    return new Measurement(space, GcStatusFile.in(basePath).read());
  }
}
