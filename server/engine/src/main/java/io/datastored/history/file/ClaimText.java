package io.datastored.history.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import io.datastored.history.CommitMark;
import io.datastored.history.DatastoreLines;
import io.datastored.history.Generation;
import io.datastored.history.Incarnation;
import io.datastored.history.StateText;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A claim text is the content of a claim file: the users of the configuration, and the last commit
 * of each history. Immutable.
 *
 * <pre>
 *   datastored-claim 1
 *   use RUN STATE-DIRECTORY PID...       the run that uses the configuration, or was the last to
 *   history INCARNATION NUMBER ID GENERATION     its last commit; the last history first
 *   end CRC32C
 * </pre>
 *
 * @param run shared by the processes of one state directory
 * @param stateDirectory for display
 * @param pids of processes that joined the run, some of which may have ended
 * @param histories seen, the last one first
 */
record ClaimText(
    Incarnation run,
    Path stateDirectory,
    ImmutableList<Long> pids,
    ImmutableList<History> histories) {

  /** More would make the text longer than a page, the most that is written in one step. */
  private static final int MOST_HISTORIES = 16;

  private static final int MOST_PIDS = 32;

  private static final String MAGIC = "datastored-claim 1";
  private static final Splitter WORDS = Splitter.on(' ');

  ClaimText {
    pids = pids.subList(Math.max(0, pids.size() - MOST_PIDS), pids.size());
    histories = histories.subList(0, Math.min(histories.size(), MOST_HISTORIES));
  }

  /**
   * A history is represented by its last commit that was seen. Immutable.
   *
   * @param number of the commit
   * @param id of the commit
   */
  record History(Incarnation incarnation, long number, Incarnation id, Generation generation) {

    /** Why a state with this mark is not the last one of this history; empty if it may be. */
    Optional<String> objection(CommitMark mark) {
      boolean fork =
          (mark.number() == number && !mark.id().equals(id))
              || (mark.number() == number + 1 && !mark.previous().equals(id));
      if (mark.number() >= number && !fork) {
        // The state may be ahead of the claim: a process died before it could record its commit.
        return Optional.empty();
      }
      return Optional.of(
          fork
              ? "it is commit %d of another line than the one that was in use"
                  .formatted(mark.number())
              : "it is commit %d, and commit %d was in use".formatted(mark.number(), number));
    }
  }

  /** The last commit seen of a history. */
  Optional<History> history(Incarnation incarnation) {
    return histories.stream().filter(seen -> seen.incarnation().equals(incarnation)).findFirst();
  }

  /** This text with the latest commit of a history. */
  ClaimText with(History latest) {
    ImmutableList.Builder<History> all = ImmutableList.builder();
    all.add(latest);
    histories.stream()
        .filter(seen -> !seen.incarnation().equals(latest.incarnation()))
        .forEach(all::add);
    return new ClaimText(run, stateDirectory, pids, all.build());
  }

  /** The pids that still exist; they may have been reused. */
  ImmutableList<Long> livePids() {
    return pids.stream()
        .filter(pid -> ProcessHandle.of(pid).isPresent())
        .collect(ImmutableList.toImmutableList());
  }

  byte[] bytes() {
    StringBuilder text = new StringBuilder(MAGIC).append('\n');
    text.append("use ").append(run).append(' ');
    text.append(DatastoreLines.encode(stateDirectory.toString()));
    pids.forEach(pid -> text.append(' ').append(pid));
    text.append('\n');
    for (History seen : histories) {
      text.append("history ").append(seen.incarnation()).append(' ').append(seen.number());
      text.append(' ').append(seen.id()).append(' ').append(seen.generation()).append('\n');
    }
    return text.append(end(text.toString())).toString().getBytes(UTF_8);
  }

  private static String end(String body) {
    byte[] bytes = body.getBytes(UTF_8);
    return StateText.end(bytes, bytes.length);
  }

  /** Reads a claim file; empty if it is not valid. */
  static Optional<ClaimText> read(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    // After the end there may be the rest of a longer text: the file is overwritten in place.
    int end = text.indexOf("\nend ") + 1;
    if (end < 1
        || !text.startsWith(MAGIC + "\n")
        || !text.startsWith(end(text.substring(0, end)), end)) {
      return Optional.empty();
    }
    try {
      return Optional.of(parse(text.substring(0, end - 1)));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  private static ClaimText parse(String body) {
    List<String> lines = Splitter.on('\n').splitToList(body);
    List<String> use = WORDS.splitToList(lines.get(1));
    ImmutableList.Builder<Long> pids = ImmutableList.builder();
    use.subList(3, use.size()).forEach(word -> pids.add(Long.parseLong(word)));
    ImmutableList.Builder<History> histories = ImmutableList.builder();
    for (String line : lines.subList(2, lines.size())) {
      List<String> words = WORDS.splitToList(line);
      histories.add(
          new History(
              new Incarnation(words.get(1)),
              Long.parseLong(words.get(2)),
              new Incarnation(words.get(3)),
              new Generation(Long.parseLong(words.get(4)))));
    }
    return new ClaimText(
        new Incarnation(use.get(1)), path(use.get(2)), pids.build(), histories.build());
  }

  private static Path path(String word) {
    try {
      return Path.of(DatastoreLines.decode(word));
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
