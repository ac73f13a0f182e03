package io.datastored.bench.lookup;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A chunk store is an open base directory. Thread-safe. A process has one per path, because closing
 * any descriptor of its lock file drops all locks of the process on that file.
 */
final class ChunkStore implements AutoCloseable {

  private final Path base;
  private final FileChannel lockFile;

  private ChunkStore(Path base, FileChannel lockFile) {
    this.base = base;
    this.lockFile = lockFile;
  }

  static ChunkStore open(Path base) throws IOException {
    if (!Files.isDirectory(base.resolve(".chunks"))) {
      throw new IOException("unable to open chunk store in " + base);
    }
    return new ChunkStore(
        base,
        FileChannel.open(base.resolve(".lock"), StandardOpenOption.READ, StandardOpenOption.WRITE));
  }

  Path base() {
    return base;
  }

  @Override
  public void close() throws IOException {
    lockFile.close();
  }
}
