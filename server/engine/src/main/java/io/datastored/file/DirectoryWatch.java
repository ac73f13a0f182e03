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
 * A directory watch receives the operating system's events about names in directories. Confined to
 * one thread, except its close.
 *
 * <p>It watches directories and not files, because editors and saves rename a new file over the old
 * one. It follows the directory that was present when the watch was opened, even if that is moved.
 */
public final class DirectoryWatch implements AutoCloseable {

  /** Opens directory watches. */
  public interface Opener {

    /**
     * Starts a watch.
     *
     * @param names the names to watch, by directory
     * @throws IOException when the system cannot watch one of the directories
     */
    public DirectoryWatch open(ImmutableSetMultimap<Path, Path> names) throws IOException;
  }

  private final WatchService service;

  /** One directory that is mounted at two places has only one key. */
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

  /**
   * Waits for an event on one of the names.
   *
   * @return whether there was one within the time
   */
  boolean poll(Duration atMost) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (true) {
      WatchKey key = service.poll(deadline - System.nanoTime(), NANOSECONDS);
      if (key == null) {
        return false;
      }
      boolean relevant = false;
      for (WatchEvent<?> event : key.pollEvents()) {
        // An event without a name: the queue of events has overflowed.
        relevant |= !(event.context() instanceof Path name) || names.containsEntry(key, name);
      }
      // A key that cannot be reset belongs to a removed directory.
      if (!key.reset() || relevant) {
        return true;
      }
    }
  }

  /** Whether every directory is still watched: a removed one is not. */
  boolean isIntact() {
    return names.keySet().stream().allMatch(WatchKey::isValid);
  }

  @Override
  public void close() throws IOException {
    service.close();
  }
}
