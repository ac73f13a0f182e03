package io.datastored.history;

import com.google.common.base.Ticker;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.file.Digest;
import io.datastored.file.FileIdentity;
import io.datastored.file.FileStamp;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * An edit debounce decides when an edit is accepted. Thread-safe.
 *
 * <p>A file that was replaced by a rename is complete, so it is accepted at once. A file written in
 * place may have been read while it was written: a flush can end between two sections, and half of
 * the datastores would be removed for a moment. Such an edit, and any edit that leaves an empty
 * file, must settle first.
 *
 * <p>A new inode does not prove a rename: some editors move the old file away and write a new one
 * in its place, as does a move from another file system. The difference is that a rename changes
 * the inode after the last write to it.
 */
public final class EditDebounce {

  private final Duration rest;
  private final Duration limit;
  private final Ticker ticker;

  @GuardedBy("this")
  private Optional<FileIdentity> accepted = Optional.empty();

  @GuardedBy("this")
  private @Nullable Digest seen;

  @GuardedBy("this")
  private long seenSince;

  @GuardedBy("this")
  private long editingSince;

  @GuardedBy("this")
  private long lastLook;

  /** Whether an edit of this store may be seen while it is half done, although no file tells. */
  private final boolean piecemeal;

  public EditDebounce(Duration rest, Duration limit, Ticker ticker) {
    this(rest, limit, ticker, false);
  }

  private EditDebounce(Duration rest, Duration limit, Ticker ticker, boolean piecemeal) {
    this.rest = rest;
    this.limit = limit;
    this.ticker = ticker;
    this.piecemeal = piecemeal;
  }

  /**
   * An edit debounce for a store whose configuration is in several keys: an edit of two of them is
   * two writes, so every edit must settle.
   */
  public static EditDebounce piecemeal(Duration rest, Duration limit, Ticker ticker) {
    return new EditDebounce(rest, limit, ticker, true);
  }

  /**
   * Decides whether what was seen, the accepted configuration or an edit, can be accepted.
   *
   * @param config where the configuration is, for display
   * @param objection why an edit that lost content is not accepted; empty: the loss is intended
   */
  public Store.Seen judge(
      Store.Seen seen,
      String config,
      BiFunction<Store.Seen, LostContent, Optional<String>> objection) {
    ConfigContent content = seen.content();
    if (seen.fits()) {
      settled(seen.file());
      return seen;
    }
    if (!content.exists()) {
      vanished();
      return judged(
          seen,
          Optional.empty(),
          Optional.of(config + " is missing: restore it, or create an empty file"));
    }
    Optional<Duration> left = remaining(content);
    return left.isPresent()
        ? judged(seen, left, Optional.empty())
        : judged(
            seen,
            left,
            LostContent.between(seen.state(), content.bytes())
                .flatMap(lost -> objection.apply(seen, lost)));
  }

  private static Store.Seen judged(
      Store.Seen seen, Optional<Duration> rest, Optional<String> contentLost) {
    return new Store.Seen(seen.state(), seen.content(), seen.stateLost(), rest, contentLost);
  }

  /**
   * How long {@code content} must still be unchanged before it is accepted; empty: it is accepted
   * now.
   */
  synchronized Optional<Duration> remaining(ConfigContent content) {
    boolean inPlace = content.stamp().map(this::inPlace).orElse(piecemeal);
    boolean nothing = content.bytes().length == 0;
    if (!inPlace && !nothing) {
      return Optional.empty();
    }
    long now = ticker.read();
    if (seen == null || now - lastLook > limit.toNanos()) {
      // No look for longer than the limit: this is a new edit, with its own time limit.
      editingSince = now;
    }
    lastLook = now;
    if (!content.digest().equals(seen)) {
      seen = content.digest();
      seenSince = now;
    }
    long left =
        Math.min(rest.toNanos() - (now - seenSince), limit.toNanos() - (now - editingSince));
    return left <= 0 ? Optional.empty() : Optional.of(Duration.ofNanos(left));
  }

  @GuardedBy("this")
  private boolean inPlace(FileStamp stamp) {
    return accepted.equals(Optional.of(stamp.identity()))
        || stamp.lastChanged().equals(stamp.lastModified());
  }

  /**
   * Records that there is no edit.
   *
   * @param file from which the accepted content was read; empty if unknown
   */
  public synchronized void settled(Optional<FileIdentity> file) {
    accepted = file;
    seen = null;
  }

  /** Records that the file is missing; the next content starts from the beginning. */
  private synchronized void vanished() {
    seen = null;
  }
}
