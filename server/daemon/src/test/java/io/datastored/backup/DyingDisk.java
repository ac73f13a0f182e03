package io.datastored.backup;

import io.datastored.file.DiskSteps;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A dying disk makes some steps and then none any more, as if the process had been killed: nothing
 * is cleaned up either. Confined to one test.
 */
final class DyingDisk implements DiskSteps {

  private int left;

  DyingDisk(int steps) {
    this.left = steps;
  }

  boolean isDead() {
    return left < 0;
  }

  private void step() throws IOException {
    if (--left < 0) {
      left = -1;
      throw new IOException("killed");
    }
  }

  @Override
  public FileOutputStream create(Path file) throws IOException {
    step();
    return REAL.create(file);
  }

  @Override
  public void write(FileOutputStream file, byte[] content) throws IOException {
    step();
    REAL.write(file, content);
  }

  @Override
  public void sync(FileOutputStream file) throws IOException {
    step();
    REAL.sync(file);
  }

  @Override
  public void link(Path existing, Path link) throws IOException {
    step();
    REAL.link(existing, link);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    step();
    REAL.rename(from, to);
  }

  @Override
  public void delete(Path file) throws IOException {
    step();
    REAL.delete(file);
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    step();
    REAL.syncDirectory(directory);
  }
}
