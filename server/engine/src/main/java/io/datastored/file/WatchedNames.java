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
 * Watched names are the names that the operating system is to tell of, whether it does, and when it
 * is asked again. Confined to one thread.
 */
public final class WatchedNames implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(WatchedNames.class);

  /** Calls between two attempts: as many at first, then twice as many each time. */
  private static final int FIRST_PAUSE = 4;

  /** Half a minute of calls as often as they are by default: sooner than a digest check. */
  private static final int LONGEST_PAUSE = 120;

  private final DirectoryWatch.Opener opener;

  /** Null while the system does not tell. */
  private @Nullable DirectoryWatch watch;

  private Optional<String> failure = Optional.empty();

  /** Calls until the next attempt, and from that one to the next. */
  private int left;

  private int pause = FIRST_PAUSE;

  public WatchedNames(DirectoryWatch.Opener opener) {
    this.opener = opener;
  }

  /** Why the system does not tell; empty when it does. */
  public Optional<String> failure() {
    return failure;
  }

  /** Waits until something happens to one of the names; whether it did before the time was over. */
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
   * Has the system tell of the present names, if it does not.
   *
   * @param names those that count, by directory
   * @param moved whether they, or the directories, are others than at the last call
   * @return whether it tells of them from now on only, so that what came before must be looked at
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
    // First, or its instance and its watches would count against the limits.
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
        : "the operating system does not tell of changes (" + text + ")";
  }

  /** Has the system tell no more. Idempotent. */
  @Override
  public void close() {
    DirectoryWatch present = watch;
    watch = null;
    if (present != null) {
      try {
        present.close();
      } catch (IOException e) {
        log.atDebug().setCause(e).log("a watch is not closed");
      }
    }
  }
}
