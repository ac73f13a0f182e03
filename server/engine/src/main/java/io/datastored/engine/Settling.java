package io.datastored.engine;

import com.google.common.base.Ticker;
import io.datastored.config.ConfigContent;
import io.datastored.config.Digest;
import io.datastored.config.FileIdentity;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Settling decides when an edit is believed. Confined to the thread that reloads.
 *
 * <p>A file that was replaced by a rename is whole, so it is believed at once. One that was written
 * in place may have been read half-way: a flush can end between two sections, and then half of the
 * datastores would be removed for a moment. Such an edit, and any that leaves nothing at all, must
 * rest first.
 */
final class Settling {

  private final Duration rest;
  private final Duration limit;
  private final Ticker ticker;

  private @Nullable Digest seen;
  private long seenSince;
  private long editingSince;

  Settling(Duration rest, Duration limit, Ticker ticker) {
    this.rest = rest;
    this.limit = limit;
    this.ticker = ticker;
  }

  /**
   * How long {@code content} must rest before it is believed; empty: it is believed now.
   *
   * @param accepted which file the accepted content was read from; empty when that is not known
   */
  Optional<Duration> remaining(ConfigContent content, Optional<FileIdentity> accepted) {
    Optional<FileIdentity> file = content.stamp().map(ConfigContent.FileStamp::identity);
    boolean inPlace = file.isPresent() && (accepted.isEmpty() || file.equals(accepted));
    boolean nothing = content.bytes().length == 0;
    if (!inPlace && !nothing) {
      return Optional.empty();
    }
    long now = ticker.read();
    if (seen == null) {
      editingSince = now;
    }
    if (!content.digest().equals(seen)) {
      seen = content.digest();
      seenSince = now;
    }
    long left =
        Math.min(rest.toNanos() - (now - seenSince), limit.toNanos() - (now - editingSince));
    return left <= 0 ? Optional.empty() : Optional.of(Duration.ofNanos(left));
  }

  /** The file has what is accepted: there is no edit. */
  void settled() {
    seen = null;
  }
}
