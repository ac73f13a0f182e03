package io.datastored.promise;

import io.datastored.file.DiskSteps;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A failing disk lets each write to a file fail at each of its steps, one after the other, before
 * it lets it through. Confined to one test.
 */
final class FailingDisk implements DiskSteps {

  /** Create, write, sync, rename, sync of the directory. */
  private static final int STEPS = 5;

  private final int failures;
  private int attempt = -1;

  /** Runs when a file is about to change. */
  Runnable beforeRename = () -> {};

  private FailingDisk(int failures) {
    this.failures = failures;
  }

  static FailingDisk atEachStep() {
    return new FailingDisk(STEPS);
  }

  static FailingDisk never() {
    return new FailingDisk(0);
  }

  @Override
  public FileOutputStream create(Path file) throws IOException {
    attempt++;
    failAt(0);
    return REAL.create(file);
  }

  @Override
  public void write(FileOutputStream file, byte[] content) throws IOException {
    failAt(1);
    REAL.write(file, content);
  }

  @Override
  public void sync(FileOutputStream file) throws IOException {
    failAt(2);
    REAL.sync(file);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    beforeRename.run();
    failAt(3);
    REAL.rename(from, to);
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    failAt(4);
    REAL.syncDirectory(directory);
  }

  @Override
  public void link(Path existing, Path link) throws IOException {
    REAL.link(existing, link);
  }

  @Override
  public void delete(Path file) throws IOException {
    REAL.delete(file);
  }

  private void failAt(int step) throws IOException {
    if (step < failures && attempt % (failures + 1) == step) {
      throw new IOException("Input/output error");
    }
  }
}
