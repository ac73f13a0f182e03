package io.datastored.engine;

import com.google.common.collect.ImmutableMap;
import io.datastored.history.Revision;
import java.time.Duration;
import java.util.Locale;

/**
 * Commit times are what one commit spent its time on. Immutable.
 *
 * @param cause why it was made
 * @param revision what it made
 * @param parts has every part
 */
public record CommitTimes(
    ReloadCause cause, Revision revision, ImmutableMap<Part, Duration> parts) {

  /** The parts of a commit, in the order in which they happen. */
  public enum Part {
    /** Waits for earlier changes, and for other processes that commit. */
    WAIT,
    /** Looks at what is accepted, decides, and builds the next snapshot. */
    DECIDE,
    /** Writes and renames files. */
    WRITE,
    /** Waits until the disk has them. */
    SYNC,
    /** Serves the new snapshot, and notifies listeners. */
    PUBLISH;

    /** The word in metrics and logs. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** All parts together. */
  public Duration total() {
    return parts.values().stream().reduce(Duration.ZERO, Duration::plus);
  }
}
