package io.datastored.promise;

import io.datastored.file.DiskSteps;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A breakable disk is the real one until it is told to fail, or to tell when a file is about to
 * change. Confined to one test.
 */
public final class BreakableDisk implements DiskSteps {

  public volatile boolean broken;
  public volatile Runnable beforeRename = () -> {};
  public volatile Runnable beforeSync = () -> {};

  @Override
  public FileOutputStream create(Path file) throws IOException {
    if (broken) {
      throw new IOException("No space left on device");
    }
    return REAL.create(file);
  }

  @Override
  public void write(FileOutputStream file, byte[] content) throws IOException {
    REAL.write(file, content);
  }

  @Override
  public void sync(FileOutputStream file) throws IOException {
    beforeSync.run();
    REAL.sync(file);
  }

  @Override
  public void link(Path existing, Path link) throws IOException {
    REAL.link(existing, link);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    beforeRename.run();
    REAL.rename(from, to);
  }

  @Override
  public void delete(Path file) throws IOException {
    REAL.delete(file);
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    REAL.syncDirectory(directory);
  }
}
