package io.datastored.config;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory watch is told by the system what happens to the names in a file's directory.
 * Thread-safe.
 *
 * <p>The directory and not the file, because editors and saves rename a new file over the old one.
 * Of a symbolic link the directories of link and target are watched, and any name in them: a link
 * on the way may be turned.
 */
final class DirectoryWatch implements ConfigStore.Watch {

  private static final Logger LOG = LoggerFactory.getLogger(DirectoryWatch.class);

  private final Path file;
  private final Runnable callback;
  private final Consumer<DirectoryWatch> onClose;

  /** Null before the start, and for good where the system has no watches left. */
  private volatile @Nullable WatchService service;

  DirectoryWatch(Path file, Runnable callback, Consumer<DirectoryWatch> onClose) {
    this.file = file;
    this.callback = callback;
    this.onClose = onClose;
  }

  /** Watches from now on; what happens after this call has returned is seen. */
  void start(ThreadFactory threads) {
    try {
      WatchService started = FileSystems.getDefault().newWatchService();
      service = started;
      register(started);
      threads.newThread(() -> run(started)).start();
    } catch (IOException e) {
      LOG.warn("{} is not watched; changes by hand are seen by the periodic check", file, e);
    }
  }

  /** Registers the directories that count now; one that is registered already stays so. */
  private void register(WatchService with) throws IOException {
    for (Path path : List.of(file, LinkTarget.of(file))) {
      HiddenNames.directoryOf(path)
          .register(
              with,
              StandardWatchEventKinds.ENTRY_CREATE,
              StandardWatchEventKinds.ENTRY_MODIFY,
              StandardWatchEventKinds.ENTRY_DELETE);
    }
  }

  private void run(WatchService from) {
    try {
      while (true) {
        WatchKey key = from.take();
        boolean relevant = isRelevant(key.pollEvents());
        boolean there = key.reset();
        if (relevant || !there) {
          callback.run();
          register(from);
        }
      }
    } catch (ClosedWatchServiceException e) {
      LOG.debug("{} is no longer watched", file);
    } catch (IOException | InterruptedException e) {
      LOG.warn("{} is no longer watched; the periodic check goes on", file, e);
    }
  }

  private boolean isRelevant(List<WatchEvent<?>> events) {
    boolean link = Files.isSymbolicLink(file);
    for (WatchEvent<?> event : events) {
      // Without a name: so much happened that the system lost count.
      if (!(event.context() instanceof Path name)
          || name.equals(file.getFileName())
          || (link && !HiddenNames.isHidden(name))) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() {
    onClose.accept(this);
    WatchService open = service;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        LOG.warn("cannot end the watch of {}", file, e);
      }
    }
  }
}
