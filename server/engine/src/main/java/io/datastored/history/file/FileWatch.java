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
 * A file watch notices that a file may have changed, or that its path leads elsewhere. Thread-safe;
 * a thread of its own looks, since a file system may not answer.
 *
 * <p>The operating system tells of what happens in the directories that decide where the file is.
 * It does not tell when such a directory is moved away or covered by a mount, nor of writes through
 * another mount. So the way to the file and its stamp are looked at from time to time as well, and
 * the directories are watched anew when they are not the same any more.
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

  /** What was seen last; null when nothing could be. Confined to the thread that looks. */
  private @Nullable FileSight seen;

  /** Whether what was seen last is a mount point. Confined to the thread that looks. */
  private boolean mounted;

  /**
   * @param period between two looks at what the system does not tell of
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

  /** Watches from now on; what happens after this call has returned is seen. */
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
        // Both, in this order: what the look finds anew is watched before it is told of. Closed is
        // read last: of an edit that comes after `close` nobody is told.
        if ((look() | told) && !closed) {
          callback.run();
        }
      } catch (InterruptedException e) {
        log.atDebug().log("{} is no longer watched", file);
        break;
      } catch (RuntimeException | Error e) {
        // The next look may go well: memory, descriptors.
        unwatched = Optional.of("internal error: " + e);
        log.atError().setCause(e).log("looking at {}", file);
      }
    }
    names.close();
  }

  /** Looks, and has the system tell of what counts now; whether there may be anything new. */
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
    // The identity of each directory was taken before it is watched: had another one come in
    // between, the next look would find that and watch anew.
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
      // It is not waited for: a file system that does not answer must not hold up a stop.
      looking.interrupt();
    }
  }
}
