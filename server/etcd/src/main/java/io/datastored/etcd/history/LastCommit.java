package io.datastored.etcd.history;

import io.datastored.etcd.history.KeyValues.Entry;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A last commit tells what a commit left of a key from what was edited by hand, by the revisions of
 * etcd. Confined to one thread.
 *
 * <p>The head alone does not tell: it may have been written after an edit, by a commit that had not
 * seen it, or again as it was. A value was committed if it was seen by the last commit, or written
 * by it, or at a revision at which the head was written too: a hand never writes the head.
 */
final class LastCommit {

  private final RangeReader etcd;
  private final String headKey;
  private final long seen;
  private final long at;
  private final long headModified;

  /** Revisions at which the head was written, from the last one back. */
  private final TreeSet<Long> headWrites = new TreeSet<>();

  /**
   * @param headModified the revision at which {@code head} was written
   */
  LastCommit(RangeReader etcd, Keys keys, HeadText head, long headModified) {
    this.etcd = etcd;
    this.headKey = keys.head();
    this.seen = head.place().seen();
    this.at = head.committedAt(headModified);
    this.headModified = headModified;
    headWrites.add(headModified);
  }

  /** Up to which revision everything was accepted. */
  long seen() {
    return seen;
  }

  /** The revision of the commit. */
  long at() {
    return at;
  }

  /**
   * Whether a key that was written at a revision was written by a commit.
   *
   * @throws KeyValuesException with kind COMPACTED when that is no longer known
   */
  boolean has(long modified) throws KeyValuesException {
    if (modified <= seen || modified == at) {
      return true;
    }
    if (modified > headModified) {
      return false;
    }
    while (headWrites.first() > modified) {
      headWrites.add(etcd.one(headKey, headWrites.first() - 1).map(Entry::modified).orElse(0L));
    }
    return headWrites.contains(modified);
  }

  /**
   * What commits left of a key that was edited since; empty: nothing.
   *
   * @param edit what is there
   * @throws KeyValuesException with kind COMPACTED when that is no longer known
   */
  Optional<Entry> before(Entry edit) throws KeyValuesException {
    Optional<Entry> entry = Optional.of(edit);
    while (entry.isPresent() && !has(entry.get().modified())) {
      entry = earlier(edit.key(), entry.get().modified() - 1);
    }
    return entry;
  }

  private Optional<Entry> earlier(String key, long revision) throws KeyValuesException {
    Optional<Entry> found = revision == 0 ? Optional.empty() : etcd.one(key, revision);
    // Deleted and put again by hand: what was committed is not right before it.
    return found.isEmpty() && revision > at ? etcd.one(key, at) : found;
  }
}
