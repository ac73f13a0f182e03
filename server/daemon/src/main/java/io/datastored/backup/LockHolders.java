package io.datastored.backup;

import static com.google.common.collect.ImmutableSortedSet.toImmutableSortedSet;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableSortedSet;
import com.google.common.primitives.Longs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/**
 * Lock holders are the processes that hold a lock on a file, as the kernel lists them. Stateless.
 * To try the lock would be simpler, but for a moment a process that starts would find it taken.
 */
final class LockHolders {

  /** Lines such as {@code 1: POSIX ADVISORY READ 4711 08:01:131 0 0}. */
  private static final Path KERNEL = Path.of("/proc/locks");

  private static final Splitter WORDS = Splitter.on(' ').omitEmptyStrings();
  private static final int PID = 4;
  private static final int INODE = 5;

  private LockHolders() {}

  /** The ids of the processes; empty also if the system does not list them. */
  static ImmutableSortedSet<Long> of(Path file) {
    try {
      // The device is not compared: some file systems show another one here.
      String inode = ":" + Files.getAttribute(file, "unix:ino");
      return Files.readAllLines(KERNEL).stream()
          .map(WORDS::splitToList)
          .filter(words -> words.size() > INODE && words.get(INODE).endsWith(inode))
          .map(LockHolders::pid)
          .filter(pid -> ProcessHandle.of(pid).isPresent())
          .collect(toImmutableSortedSet(Comparator.naturalOrder()));
    } catch (IOException e) {
      return ImmutableSortedSet.of();
    }
  }

  private static long pid(List<String> words) {
    Long pid = Longs.tryParse(words.get(PID));
    return pid == null ? -1 : pid;
  }
}
