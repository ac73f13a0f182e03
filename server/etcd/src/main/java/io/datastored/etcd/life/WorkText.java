package io.datastored.etcd.life;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import io.datastored.history.Generation;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import io.datastored.promise.Work;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A work text is the value of a key of work. Lines that it does not know are for later versions.
 *
 * <pre>
 *   since GENERATION
 *   read N
 *   write N
 *   open N
 *   sessions N
 *   oldest LEASE|SESSION ID PRINCIPAL PROGRAM READ|WRITE|- AGE-MS LEFT-MS
 * </pre>
 *
 * <p>Names are encoded as in a URL. Stateless.
 */
final class WorkText {

  /** More than this is left out: what is shown of others is for people. */
  private static final int MOST_LETTERS = 32 << 10;

  private static final Splitter LINES = Splitter.on('\n').omitEmptyStrings();
  private static final Splitter WORDS = Splitter.on(' ');
  private static final String OLDEST = "oldest ";

  private WorkText() {}

  static String write(Work work) {
    StringBuilder text =
        new StringBuilder(since(work.since()))
            .append("read %d\nwrite %d\n".formatted(work.counts().read(), work.counts().write()))
            .append("open %d\nsessions %d\n".formatted(work.open(), work.sessions()));
    for (Work.Item item : work.oldest()) {
      String line =
          "%s%s %s %s %s %s %d %d\n"
              .formatted(
                  OLDEST,
                  item.kind(),
                  encoded(item.id()),
                  encoded(item.principal()),
                  encoded(item.program()),
                  item.operation().map(Operation::name).orElse("-"),
                  item.age().toMillis(),
                  item.left().toMillis());
      if (text.length() + line.length() > MOST_LETTERS) {
        break;
      }
      text.append(line);
    }
    return text.toString();
  }

  private static String since(Generation generation) {
    return "since " + generation.value() + "\n";
  }

  /** Whether a text is of the mode that was set in a generation. */
  static boolean isSince(String text, Generation generation) {
    return text.startsWith(since(generation));
  }

  /**
   * Reads a text.
   *
   * @throws IllegalArgumentException when it is damaged
   */
  static Work read(String text) {
    long since = 0;
    long read = 0;
    long write = 0;
    long open = 0;
    long sessions = 0;
    ImmutableList.Builder<Work.Item> oldest = ImmutableList.builder();
    for (String line : LINES.split(text)) {
      String value = line.substring(line.indexOf(' ') + 1);
      switch (line.substring(0, Math.max(0, line.indexOf(' ')))) {
        case "since" -> since = Long.parseLong(value);
        case "read" -> read = Long.parseLong(value);
        case "write" -> write = Long.parseLong(value);
        case "open" -> open = Long.parseLong(value);
        case "sessions" -> sessions = Long.parseLong(value);
        case "oldest" -> oldest.add(item(WORDS.splitToList(value)));
        default -> {}
      }
    }
    return new Work(
        new Generation(since), new OperationCounts(read, write), open, sessions, oldest.build());
  }

  private static Work.Item item(List<String> words) {
    if (words.size() < 7) {
      throw new IllegalArgumentException("a line of what is oldest has seven words");
    }
    return new Work.Item(
        Work.Item.Kind.valueOf(words.get(0)),
        decoded(words.get(1)),
        decoded(words.get(2)),
        decoded(words.get(3)),
        words.get(4).equals("-") ? Optional.empty() : Optional.of(Operation.valueOf(words.get(4))),
        Duration.ofMillis(Long.parseLong(words.get(5))),
        Duration.ofMillis(Long.parseLong(words.get(6))));
  }

  private static String encoded(String name) {
    return URLEncoder.encode(name, UTF_8);
  }

  private static String decoded(String word) {
    return URLDecoder.decode(word, UTF_8);
  }
}
