package io.datastored.etcd.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.datastored.file.Digest;
import io.datastored.history.AcceptedState;
import io.datastored.history.Generation;
import io.datastored.history.Incarnation;
import io.datastored.history.Revision;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Head text is the value of the key that every commit compares and replaces. Immutable.
 *
 * <pre>
 *   incarnation HEX
 *   generation N
 *   commit ID
 *   before ID ID ...     the last 64 commits before it, the newest first
 *   keys N               how many other keys this commit put or deleted
 *   floor N              removals at or below it are forgotten
 *   digest HEX           of the accepted configuration
 *   seen N               up to which revision of etcd everything was accepted with this commit
 *   at N                 the revision of this commit, if the head was written again since
 * </pre>
 *
 * <p>The chain of ids tells a follower that it has missed a commit, and a server that etcd was set
 * back: numbers alone do not, because a restored etcd gives its revisions, and then the
 * generations, out again. The digest tells an edit by hand, as it does in a file. What was edited
 * is told by the revisions of its key: see {@link LastCommit}.
 *
 * @param revision the position in history
 * @param commit this commit
 * @param before the commits before it, the newest first
 * @param keys how many other keys it put or deleted
 * @param floor removals at or below it are forgotten
 * @param digest of the accepted configuration
 * @param place where in etcd the commit is
 * @param others lines of a later version, which are kept when the head is written again
 */
record HeadText(
    Revision revision,
    CommitId commit,
    ImmutableList<CommitId> before,
    int keys,
    Generation floor,
    Digest digest,
    Place place,
    ImmutableList<String> others) {

  /** How many earlier commits a head remembers. */
  static final int REMEMBERED = 64;

  private static final ImmutableSet<String> KNOWN =
      ImmutableSet.of(
          "incarnation", "generation", "commit", "before", "keys", "floor", "digest", "seen", "at");
  private static final Splitter LINES = Splitter.on('\n').omitEmptyStrings();
  private static final Splitter WORDS = Splitter.on(' ').omitEmptyStrings();

  /**
   * Where in etcd a commit is. Immutable.
   *
   * @param seen everything that was written until this revision was accepted
   * @param at the revision of the commit; empty: that of the head
   */
  record Place(long seen, OptionalLong at) {
    static Place of(long seen) {
      return new Place(seen, OptionalLong.empty());
    }
  }

  /** What a head means for somebody who serves another one. */
  enum Relation {
    /** It is the same commit, though it may have been written again. */
    SAME,
    /** It came later in the same history. */
    LATER,
    /** It is further on than it remembers, so that it may or may not be the same history. */
    OUT_OF_SIGHT,
    /** It is of another history, or this one was set back. */
    FORK
  }

  /**
   * The head of a history without commits.
   *
   * @param seen see {@link Place}
   */
  static HeadText first(AcceptedState state, CommitId commit, long seen) {
    return new HeadText(
        state.revision(),
        commit,
        ImmutableList.of(),
        0,
        state.floor(),
        state.digest(),
        Place.of(seen),
        ImmutableList.of());
  }

  /**
   * The head of the next commit.
   *
   * @param seen see {@link Place}
   */
  HeadText next(AcceptedState state, CommitId id, int keysTouched, long seen) {
    ImmutableList<CommitId> earlier =
        ImmutableList.<CommitId>builder()
            .add(commit)
            .addAll(before.subList(0, Math.min(before.size(), REMEMBERED - 1)))
            .build();
    return new HeadText(
        state.revision(),
        id,
        earlier,
        keysTouched,
        state.floor(),
        state.digest(),
        Place.of(seen),
        ImmutableList.of());
  }

  /**
   * This head, to be written again: it says where the commit was, because the revision of the head
   * will not.
   *
   * @param modified the revision at which it was written
   */
  HeadText again(long modified) {
    Place kept = new Place(place.seen, OptionalLong.of(committedAt(modified)));
    return new HeadText(revision, commit, before, keys, floor, digest, kept, others);
  }

  /**
   * This head as the first one of another incarnation.
   *
   * @param modified the revision at which this one was written
   */
  HeadText restored(Revision as, CommitId id, long modified) {
    Place kept = again(modified).place;
    return new HeadText(as, id, ImmutableList.of(), 0, floor, digest, kept, others);
  }

  /**
   * The revision of the commit.
   *
   * @param modified the revision at which this head was written
   */
  long committedAt(long modified) {
    return place.at.orElse(modified);
  }

  /** Whether a commit is this one or one of those that it remembers. */
  boolean includes(CommitId id) {
    return commit.equals(id) || before.contains(id);
  }

  /** Whether this is the commit right after another one. */
  boolean follows(HeadText other) {
    return revision.sameHistory(other.revision)
        && !before.isEmpty()
        && before.get(0).equals(other.commit);
  }

  /** What this head means for somebody who serves {@code served}. */
  Relation to(HeadText served) {
    if (!revision.sameHistory(served.revision)) {
      return Relation.FORK;
    }
    if (commit.equals(served.commit)) {
      return Relation.SAME;
    }
    if (before.contains(served.commit)) {
      return Relation.LATER;
    }
    // On one line, whoever does not remember what is served remembers nothing that came before it.
    boolean outOfSight =
        before.size() == REMEMBERED
            && !served.revision.generation().isAfter(revision.generation())
            && !served.includes(commit)
            && Collections.disjoint(before, served.before);
    return outOfSight ? Relation.OUT_OF_SIGHT : Relation.FORK;
  }

  byte[] write() {
    StringBuilder text = new StringBuilder();
    line(text, "incarnation", revision.incarnation());
    line(text, "generation", revision.generation());
    line(text, "commit", commit);
    text.append("before");
    before.forEach(id -> text.append(' ').append(id));
    text.append('\n');
    line(text, "keys", keys);
    line(text, "floor", floor);
    line(text, "digest", digest);
    line(text, "seen", place.seen);
    place.at.ifPresent(at -> line(text, "at", at));
    others.forEach(other -> text.append(other).append('\n'));
    return text.toString().getBytes(UTF_8);
  }

  private static void line(StringBuilder text, String word, Object value) {
    text.append(word).append(' ').append(value).append('\n');
  }

  /**
   * Reads a head.
   *
   * @throws IllegalArgumentException when it is damaged
   */
  static HeadText read(byte[] value) {
    Map<String, String> lines = new HashMap<>();
    ImmutableList.Builder<String> others = ImmutableList.builder();
    for (String line : LINES.split(new String(value, UTF_8))) {
      int end = line.indexOf(' ');
      String word = end < 0 ? line : line.substring(0, end);
      if (KNOWN.contains(word)) {
        lines.put(word, end < 0 ? "" : line.substring(end + 1));
      } else {
        others.add(line);
      }
    }
    ImmutableList.Builder<CommitId> before = ImmutableList.builder();
    WORDS.split(one(lines, "before")).forEach(id -> before.add(new CommitId(id)));
    String at = lines.get("at");
    return new HeadText(
        new Revision(
            new Incarnation(one(lines, "incarnation")), generation(one(lines, "generation"))),
        new CommitId(one(lines, "commit")),
        before.build(),
        Integer.parseInt(one(lines, "keys")),
        generation(one(lines, "floor")),
        new Digest(one(lines, "digest")),
        new Place(
            Long.parseLong(one(lines, "seen")),
            at == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(at))),
        others.build());
  }

  @Override
  public String toString() {
    return revision + " (commit " + commit + ")";
  }

  private static Generation generation(String word) {
    return new Generation(Long.parseLong(word));
  }

  private static String one(Map<String, String> lines, String key) {
    String value = lines.get(key);
    if (value == null) {
      throw new IllegalArgumentException("it has no line '" + key + "'");
    }
    return value;
  }
}
