package io.datastored.etcd.client;

import io.datastored.etcd.proto.Rpc;
import java.util.Optional;

/**
 * A range query asks for keys at one revision. Immutable.
 *
 * @param limit how many keys at most; 0: all
 * @param revision 0: the newest
 */
public record RangeQuery(
    KeyRange range, long limit, long revision, Content content, Consistency consistency) {

  /** How much of each key is sent. */
  public enum Content {
    VALUES,
    KEYS,
    /** No keys, only how many there are. */
    COUNT
  }

  /** How new the answer is. */
  public enum Consistency {
    /** All that was committed before the call is in it: the members agree first. */
    LINEARIZABLE,
    /** What the member has applied; it answers without the others. */
    SERIALIZABLE
  }

  /** All keys of this range, with values, at the newest revision. */
  public static RangeQuery of(KeyRange range) {
    return new RangeQuery(range, 0, 0, Content.VALUES, Consistency.LINEARIZABLE);
  }

  /** This key, at the newest revision. */
  public static RangeQuery of(String key) {
    return of(KeyRange.of(key));
  }

  /** All keys that begin so, with values, at the newest revision. */
  public static RangeQuery prefix(String prefix) {
    return of(KeyRange.prefix(prefix));
  }

  public RangeQuery limit(long limit) {
    return new RangeQuery(range, limit, revision, content, consistency);
  }

  public RangeQuery at(long revision) {
    return new RangeQuery(range, limit, revision, content, consistency);
  }

  public RangeQuery keysOnly() {
    return new RangeQuery(range, limit, revision, Content.KEYS, consistency);
  }

  public RangeQuery countOnly() {
    return new RangeQuery(range, limit, revision, Content.COUNT, consistency);
  }

  public RangeQuery serializable() {
    return new RangeQuery(range, limit, revision, content, Consistency.SERIALIZABLE);
  }

  /**
   * The query for the page behind this one, at the same revision: that of this query, or else the
   * one at which the page was answered. Empty after the last page.
   */
  public Optional<RangeQuery> after(Range page) {
    if (!page.more() || page.lastKey().isEmpty()) {
      return Optional.empty();
    }
    long at = revision == 0 ? page.revision() : revision;
    return Optional.of(
        new RangeQuery(range.after(page.lastKey()), limit, at, content, consistency));
  }

  Rpc.RangeRequest message() {
    return Rpc.RangeRequest.newBuilder()
        .setKey(range.start())
        .setRangeEnd(range.end())
        .setLimit(limit)
        .setRevision(revision)
        .setKeysOnly(content == Content.KEYS)
        .setCountOnly(content == Content.COUNT)
        .setSerializable(consistency == Consistency.SERIALIZABLE)
        .build();
  }
}
