package io.datastored.file;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Disk steps are the single file system operations of a durable save. Thread-safe. Each may fail,
 * and after each the process may die: this is the seam at which tests inject that.
 */
public interface DiskSteps {

  /** The steps of the operating system. */
  DiskSteps REAL = new OperatingSystemSteps();

  /** Creates a file, which must not exist, with access for its owner only. */
  FileOutputStream create(Path file) throws IOException;

  /** Writes a whole content. */
  void write(FileOutputStream file, byte[] content) throws IOException;

  /** Syncs the content and attributes of a file. */
  void sync(FileOutputStream file) throws IOException;

  /** Creates a hard link, whose name must be free. */
  void link(Path existing, Path link) throws IOException;

  /** Atomically renames a file over another one. */
  void rename(Path from, Path to) throws IOException;

  /** Removes a file if it exists. */
  void delete(Path file) throws IOException;

  /** Syncs the entries of a directory. */
  void syncDirectory(Path directory) throws IOException;
}
