package io.datastored.watch;

import com.google.common.collect.ImmutableList;
import io.datastored.history.Generation;
import org.jspecify.annotations.Nullable;

/**
 * A history is the newest publications, as far back as its limit allows: an index by generation of
 * what the snapshot knows by name. Immutable: adding a publication makes a new history, which
 * shares the links of the old one, so readers need no lock.
 *
 * <p>The links form two chains. When the younger chain is full, it becomes the elder one and the
 * previous elder one is dropped. So adding takes constant time, and between one and two limits are
 * remembered.
 */
final class History {
  private record Link(Publication publication, @Nullable Link previous) {}

  private final int limit;
  private final @Nullable Link younger;
  private final @Nullable Link elder;
  private final Generation youngerFrom;
  private final Generation from;
  private final int weight;

  private History(
      int limit,
      @Nullable Link younger,
      @Nullable Link elder,
      Generation youngerFrom,
      Generation from,
      int weight) {
    this.limit = limit;
    this.younger = younger;
    this.elder = elder;
    this.youngerFrom = youngerFrom;
    this.from = from;
    this.weight = weight;
  }

  /** A history that begins at {@code from} and remembers at least {@code limit} names. */
  static History startingAt(Generation from, int limit) {
    return new History(limit, null, null, from, from, 0);
  }

  /** This history with a later publication added. */
  History with(Publication publication) {
    int size = publication.touched().size();
    if (size == 0) {
      return this;
    }
    if (size > limit) {
      // Too large to be worth indexing: watchers from before it use the snapshot.
      return startingAt(publication.after(), limit);
    }
    if (weight + size > limit) {
      return new History(
          limit, new Link(publication, null), younger, publication.before(), youngerFrom, size);
    }
    return new History(
        limit, new Link(publication, younger), elder, youngerFrom, from, weight + size);
  }

  /** Whether every touch after this generation is remembered. */
  boolean covers(Generation since) {
    return !from.isAfter(since);
  }

  /** The remembered publications that extend beyond this generation, newest first. */
  ImmutableList<Publication> since(Generation since) {
    ImmutableList.Builder<Publication> found = ImmutableList.builder();
    for (Link start : new Link[] {younger, elder}) {
      for (Link link = start; link != null; link = link.previous()) {
        if (!link.publication().after().isAfter(since)) {
          return found.build();
        }
        found.add(link.publication());
      }
    }
    return found.build();
  }
}
