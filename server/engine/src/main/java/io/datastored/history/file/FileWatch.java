package io.datastored.history.file;

import io.datastored.file.DirectoryWatch;
import io.datastored.file.FileSight;
import io.datastored.file.StoreException;
import io.datastored.file.WatchedNames;
import io.datastored.history.Store;
import io.datastored.mount.MountInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file watch detects that a file may have changed, or that its path leads elsewhere. Thread-safe;
 * it looks on its own thread, since a file system may not answer.
 *
 * <p>The operating system reports events in the directories on the path to the file. It does not
 * report that such a directory is moved away or covered by a mount, nor writes through another
 * mount. So the path and the stamp of the file are also checked periodically, and the watches are
 * renewed when the directories have changed.
 */
final class FileWatch implements Store.Watch {

  private static final Logger log = LoggerFactory.getLogger(FileWatch.class);

  private final Path file;
  private final Duration period;
  private final WatchedNames names;
  private final MountInfo mounts;
  private final Runnable callback;
  private final Consumer<FileWatch> onClose;
  private volatile Optional<String> unwatched = Optional.empty();
  private volatile boolean closed;
  private volatile @Nullable Thread thread;

  /** The result of the last look; null if it failed. Confined to the watching thread. */
  private @Nullable FileSight seen;

  /** Whether the file was a mount point at the last look. Confined to the watching thread. */
  private boolean mounted;

  /**
   * @param period between two checks for what the system does not report
   */
  FileWatch(
      Path file,
      Duration period,
      DirectoryWatch.Opener opener,
      MountInfo mounts,
      Runnable callback,
      Consumer<FileWatch> onClose) {
    this.file = file;
    this.period = period;
    this.names = new WatchedNames(opener);
    this.mounts = mounts;
    this.callback = callback;
    this.onClose = onClose;
  }

  /** Starts the watch; every change after the return is detected. */
  void start(ThreadFactory threads) {
    boolean unused = look();
    Thread started = threads.newThread(this::run);
    thread = started;
    started.start();
  }

  private void run() {
    while (!closed) {
      try {
        boolean told = names.await(period);
        // Both, in this order: new directories found by the look are watched before the callback.
        // `closed` is read last: no edit after `close` is reported.
        if ((look() | told) && !closed) {
          callback.run();
        }
      } catch (InterruptedException e) {
        log.atDebug().log("{} is no longer watched", file);
        break;
      } catch (RuntimeException | Error e) {
        // The next look may succeed (memory, descriptors).
        unwatched = Optional.of("internal error: " + e);
        log.atError().setCause(e).log("checking {} failed", file);
      }
    }
    names.close();
  }

  /**
   * Looks at the file, and renews the watches if needed.
   *
   * @return whether there may be a change
   */
  private boolean look() {
    FileSight before = seen;
    FileSight now;
    try {
      now = FileSight.of(file);
    } catch (IOException e) {
      seen = null;
      unwatched = Optional.of(StoreException.of("look at", file, e).getMessage());
      return before != null;
    }
    seen = now;
    // The identity of each directory was read before the watch starts: if the directory is replaced
    // in between, the next look finds the difference and renews the watch.
    boolean renewed = names.renew(now.names(), before == null || !before.hasSameWay(now));
    if (before == null || !before.isSameFile(now)) {
      mounted = mounts.isMountPoint(now.chain().target());
    }
    unwatched = mounted ? Optional.of(mountPoint(now.chain().target())) : names.failure();
    return renewed || !now.equals(before);
  }

  private String mountPoint(Path target) {
    return target
        + " is a mount point of its own: an edit in place is found by its times, every "
        + period.toMillis()
        + " ms, one that replaces the file on the other side never; mount its directory instead";
  }

  @Override
  public Optional<String> unwatched() {
    return unwatched;
  }

  @Override
  public void close() {
    onClose.accept(this);
    closed = true;
    Thread looking = thread;
    if (looking != null) {
      // Not joined: a file system that does not answer must not delay a stop.
      looking.interrupt();
    }
  }
}
