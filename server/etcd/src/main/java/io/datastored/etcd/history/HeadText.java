package io.datastored.etcd.history;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import io.datastored.file.Digest;
import io.datastored.history.AcceptedState;
import io.datastored.history.Generation;
import io.datastored.history.Incarnation;
import io.datastored.history.Revision;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

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
 * </pre>
 *
 * <p>The chain of ids tells a follower that it has missed a commit, and a server that etcd was set
 * back: numbers alone do not, because a restored etcd gives its revisions, and then the
 * generations, out again. The digest tells an edit by hand, as it does in a file.
 *
 * @param revision the position in history
 * @param commit this commit
 * @param before the commits before it, the newest first
 * @param keys how many other keys it put or deleted
 * @param floor removals at or below it are forgotten
 * @param digest of the accepted configuration
 */
record HeadText(
    Revision revision,
    CommitId commit,
    ImmutableList<CommitId> before,
    int keys,
    Generation floor,
    Digest digest) {

  /** How many earlier commits a head remembers. */
  static final int REMEMBERED = 64;

  private static final Splitter LINES = Splitter.on('\n').omitEmptyStrings();
  private static final Splitter WORDS = Splitter.on(' ').omitEmptyStrings();

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

  /** The head of a history without commits. */
  static HeadText first(AcceptedState state, CommitId commit) {
    return new HeadText(
        state.revision(), commit, ImmutableList.of(), 0, state.floor(), state.digest());
  }

  /** The head of the next commit. */
  HeadText next(AcceptedState state, CommitId id, int keysTouched) {
    ImmutableList<CommitId> earlier =
        ImmutableList.<CommitId>builder()
            .add(commit)
            .addAll(before.subList(0, Math.min(before.size(), REMEMBERED - 1)))
            .build();
    return new HeadText(state.revision(), id, earlier, keysTouched, state.floor(), state.digest());
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
    StringBuilder ids = new StringBuilder();
    before.forEach(id -> ids.append(' ').append(id));
    return "incarnation %s\ngeneration %s\ncommit %s\nbefore%s\nkeys %d\nfloor %s\ndigest %s\n"
        .formatted(revision.incarnation(), revision.generation(), commit, ids, keys, floor, digest)
        .getBytes(US_ASCII);
  }

  /**
   * Reads a head.
   *
   * @throws IllegalArgumentException when it is damaged
   */
  static HeadText read(byte[] value) {
    Map<String, String> lines = new HashMap<>();
    for (String line : LINES.split(new String(value, US_ASCII))) {
      int end = line.indexOf(' ');
      lines.put(end < 0 ? line : line.substring(0, end), end < 0 ? "" : line.substring(end + 1));
    }
    ImmutableList.Builder<CommitId> before = ImmutableList.builder();
    WORDS.split(one(lines, "before")).forEach(id -> before.add(new CommitId(id)));
    return new HeadText(
        new Revision(
            new Incarnation(one(lines, "incarnation")), generation(one(lines, "generation"))),
        new CommitId(one(lines, "commit")),
        before.build(),
        Integer.parseInt(one(lines, "keys")),
        generation(one(lines, "floor")),
        new Digest(one(lines, "digest")));
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
