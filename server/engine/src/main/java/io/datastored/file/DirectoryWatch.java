package io.datastored.file;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import com.google.common.collect.ImmutableSetMultimap;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;

/**
 * A directory watch is told by the operating system what happens to names in directories. Confined
 * to one thread, but for its close.
 *
 * <p>Directories and not files, because editors and saves rename a new file over the old one. It
 * follows the directory that was there when it was opened, wherever that is moved.
 */
public final class DirectoryWatch implements AutoCloseable {

  /** Opens directory watches. */
  public interface Opener {

    /**
     * Watches from now on.
     *
     * @param names those that count, by directory
     * @throws IOException when the system cannot tell of one of the directories
     */
    public DirectoryWatch open(ImmutableSetMultimap<Path, Path> names) throws IOException;
  }

  private final WatchService service;

  /** Two directories may be one, mounted at two places, and have one key then. */
  private final ImmutableSetMultimap<WatchKey, Path> names;

  private DirectoryWatch(WatchService service, ImmutableSetMultimap<WatchKey, Path> names) {
    this.service = service;
    this.names = names;
  }

  /** Opens a watch of the operating system. */
  public static DirectoryWatch open(ImmutableSetMultimap<Path, Path> names) throws IOException {
    WatchService service = FileSystems.getDefault().newWatchService();
    boolean watching = false;
    try {
      ImmutableSetMultimap.Builder<WatchKey, Path> keys = ImmutableSetMultimap.builder();
      for (Path directory : names.keySet()) {
        keys.putAll(
            directory.register(
                service,
                StandardWatchEventKinds.ENTRY_CREATE,
                StandardWatchEventKinds.ENTRY_MODIFY,
                StandardWatchEventKinds.ENTRY_DELETE),
            names.get(directory));
      }
      watching = true;
      return new DirectoryWatch(service, keys.build());
    } finally {
      if (!watching) {
        service.close();
      }
    }
  }

  /** Waits until something happens to one of the names; whether it did before the time was over. */
  boolean poll(Duration atMost) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (true) {
      WatchKey key = service.poll(deadline - System.nanoTime(), NANOSECONDS);
      if (key == null) {
        return false;
      }
      boolean relevant = false;
      for (WatchEvent<?> event : key.pollEvents()) {
        // Without a name: so much happened that the system lost count.
        relevant |= !(event.context() instanceof Path name) || names.containsEntry(key, name);
      }
      // A key that cannot be reset has lost its directory.
      if (!key.reset() || relevant) {
        return true;
      }
    }
  }

  /** Whether the system still tells of every directory: not of one that was removed. */
  boolean isIntact() {
    return names.keySet().stream().allMatch(WatchKey::isValid);
  }

  @Override
  public void close() throws IOException {
    service.close();
  }
}
