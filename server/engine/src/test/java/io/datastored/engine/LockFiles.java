package io.datastored.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Lock files are the files by which an open datastore keeps its file system busy, as the kernel
 * sees them. Stateless.
 */
public final class LockFiles {

  private LockFiles() {}

  /** How many descriptors this process has open on the lock file of a base directory. */
  public static long open(Path baseDirectory) {
    return open("self", baseDirectory);
  }

  /** The same of another process. */
  public static long open(long pid, Path baseDirectory) {
    return open(Long.toString(pid), baseDirectory);
  }

  private static long open(String process, Path baseDirectory) {
    Path lockFile = baseDirectory.resolve(".lock");
    try (Stream<Path> descriptors = Files.list(Path.of("/proc", process, "fd"))) {
      return descriptors.filter(descriptor -> leadsTo(lockFile, descriptor)).count();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean leadsTo(Path file, Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).equals(file);
    } catch (IOException e) {
      return false;
    }
  }
}
