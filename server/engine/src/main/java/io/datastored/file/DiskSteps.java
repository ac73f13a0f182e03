package io.datastored.file;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Disk steps are the things a durable save does to a file system, one by one. Thread-safe. After
 * each of them a process may die, and each may fail: this is the seam where a test makes that
 * happen.
 */
public interface DiskSteps {

  /** The steps of the operating system. */
  DiskSteps REAL = new OperatingSystemSteps();

  /** Creates a file that must not be there, readable by nobody else. */
  FileOutputStream create(Path file) throws IOException;

  /** Writes a whole content. */
  void write(FileOutputStream file, byte[] content) throws IOException;

  /** Waits until content and attributes of a file are on the disk. */
  void sync(FileOutputStream file) throws IOException;

  /** Gives a second name, which must be free, to a file. */
  void link(Path existing, Path link) throws IOException;

  /** Renames a file over another one, in one step. */
  void rename(Path from, Path to) throws IOException;

  /** Removes a name if it is there. */
  void delete(Path file) throws IOException;

  /** Waits until the names in a directory are on the disk. */
  void syncDirectory(Path directory) throws IOException;
}
