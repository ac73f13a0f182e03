package io.datastored.service.page;

import io.datastored.access.Subject;
import java.time.Duration;
import java.util.Optional;

/**
 * A page reader is the place of one open page in the feed. Confined to one thread. A page that
 * reads slowly skips what it has missed; nothing is kept for it.
 */
public final class PageReader implements AutoCloseable {
  private final PageFeed feed;
  private final PageGroup group;
  private final Subject looker;
  private long version;

  PageReader(PageFeed feed, PageGroup group, Subject looker, long version) {
    this.feed = feed;
    this.group = group;
    this.looker = looker;
    this.version = version;
  }

  /**
   * Waits for the next event, as it is in an event stream.
   *
   * @return empty if there is none in time; nobody may write to the bytes
   */
  public Optional<byte[]> next(Duration patience) throws InterruptedException {
    return feed.next(group, version, patience)
        .map(
            step -> {
              version = step.version();
              return step.event();
            });
  }

  /** Whether it must end: what the looker may see has changed, or the server is stopping. */
  public boolean hasEnded() {
    return feed.hasEnded(group) || !looker.rights().equals(group.rights());
  }

  @Override
  public void close() {
    feed.left(group);
  }
}
