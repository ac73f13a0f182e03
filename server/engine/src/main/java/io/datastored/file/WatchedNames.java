package io.datastored.file;

import com.google.common.collect.ImmutableSetMultimap;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watched names are the names to be watched by the operating system, with the present watch or the
 * time of the next attempt. Confined to one thread.
 */
public final class WatchedNames implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(WatchedNames.class);

  /** The number of calls before the second attempt; it doubles each time. */
  private static final int FIRST_PAUSE = 4;

  /**
   * The maximum; half a minute at the default rate of calls, which is sooner than a digest check.
   */
  private static final int LONGEST_PAUSE = 120;

  private final DirectoryWatch.Opener opener;

  /** Null while there is no watch. */
  private @Nullable DirectoryWatch watch;

  private Optional<String> failure = Optional.empty();

  /** The number of calls until the next attempt. */
  private int left;

  private int pause = FIRST_PAUSE;

  public WatchedNames(DirectoryWatch.Opener opener) {
    this.opener = opener;
  }

  /** Why there is no watch; empty if there is one. */
  public Optional<String> failure() {
    return failure;
  }

  /**
   * Waits for an event on one of the names.
   *
   * @return whether there may have been one within the time
   */
  public boolean await(Duration atMost) throws InterruptedException {
    DirectoryWatch present = watch;
    if (present == null) {
      Thread.sleep(atMost.toMillis());
      return false;
    }
    try {
      return present.poll(atMost);
    } catch (ClosedWatchServiceException e) {
      close();
      return true;
    }
  }

  /**
   * Watches the present names, if they are not watched already.
   *
   * @param names the names to watch, by directory
   * @param moved whether the names or the directories have changed since the last call
   * @return whether a new watch was started, so that earlier changes must be found by looking
   */
  public boolean renew(ImmutableSetMultimap<Path, Path> names, boolean moved) {
    DirectoryWatch present = watch;
    if (moved) {
      left = 0;
      pause = FIRST_PAUSE;
    } else if (present != null && present.isIntact()) {
      return false;
    } else if (left > 0) {
      left--;
      return false;
    }
    // Close the old watch first: its instance and its watches count against the limits.
    close();
    try {
      watch = opener.open(names);
      failure = Optional.empty();
      pause = FIRST_PAUSE;
      return true;
    } catch (IOException e) {
      failure = Optional.of(reason(e));
      left = pause;
      pause = Math.min(2 * pause, LONGEST_PAUSE);
      return false;
    }
  }

  private static String reason(IOException cause) {
    String text = String.valueOf(cause.getMessage());
    if (cause instanceof NoSuchFileException) {
      return "the directory " + text + " is missing";
    }
    if (cause instanceof AccessDeniedException) {
      return "this process may not read the directory " + text;
    }
    if (text.contains("inotify instances")) {
      return "the limit of inotify instances of this user or of open files of this process is"
          + " reached; raise fs.inotify.max_user_instances or LimitNOFILE";
    }
    return text.contains("inotify watches")
        ? "the limit of inotify watches of this user is reached; raise fs.inotify.max_user_watches"
        : "the operating system does not report changes (" + text + ")";
  }

  /** Ends the watch. Idempotent. */
  @Override
  public void close() {
    DirectoryWatch present = watch;
    watch = null;
    if (present != null) {
      try {
        present.close();
      } catch (IOException e) {
        log.atDebug().setCause(e).log("cannot close a watch");
      }
    }
  }
}
