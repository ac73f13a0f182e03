package io.datastored.access;

import static com.google.common.collect.ImmutableMap.toImmutableMap;
import static com.google.common.collect.ImmutableSet.toImmutableSet;

import com.google.common.base.Splitter;
import com.google.common.net.PercentEscaper;
import io.datastored.file.AtomicFile;
import io.datastored.file.Digest;
import io.datastored.file.DiskSteps;
import io.datastored.file.StoreException;
import io.datastored.file.Verdict;
import io.datastored.history.Generation;
import io.datastored.history.Incarnation;
import io.datastored.history.Revision;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A kept rules file is where a server keeps its rules in the state directory: a few lines, and then
 * the text of the rules. Confined to one thread.
 */
public final class KeptRulesFile {

  private static final Logger log = LoggerFactory.getLogger(KeptRulesFile.class);

  static final String NAME = "access";

  private static final String FORMAT = "datastored-access 1";
  private static final String DIGEST = "sha256 ";
  private static final String CHANGED = "changed ";
  private static final String SOURCE = "source ";
  private static final String USER = "user ";
  private static final String GROUP = "group ";

  /** Ends the lines before the text. */
  private static final String TEXT = "text";

  private static final PercentEscaper WORD = new PercentEscaper("/-_.", false);

  private final Path file;
  private final AtomicFile atomic;

  KeptRulesFile(Path stateDirectory, DiskSteps disk) {
    this.file = stateDirectory.resolve(NAME);
    this.atomic = AtomicFile.forOwnerOnly(file, disk);
  }

  /**
   * What was kept; empty if there is nothing, or nothing that can be used. Removes what a process
   * has left that died while it wrote.
   *
   * @throws StoreException when the file cannot be read
   */
  Optional<KeptRules> load(InstantSource clock) throws StoreException {
    atomic.removeLeftovers(clock);
    try {
      return Optional.of(parse(Files.readString(file)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      // The file of the operator has the rules; without a good one, the start fails.
      log.atError().log("{} is damaged and not used: {}", file, e.getMessage());
      return Optional.empty();
    } catch (IOException e) {
      throw StoreException.of("read", file, e);
    }
  }

  /** Whether a file of kept rules can be used, and what is in it. */
  public static Verdict verdict(byte[] bytes) {
    try {
      KeptRules kept = parse(new String(bytes, StandardCharsets.UTF_8));
      int rules = kept.rules().rules().size();
      String since =
          kept.changedAt().equals(KeptRules.NEVER)
              ? "since the first start"
              : "since " + kept.changedAt();
      return Verdict.whole(
          "format 1, %d rule%s (%s), in force %s"
              .formatted(rules, rules == 1 ? "" : "s", kept.rules().source(), since));
    } catch (RuntimeException e) {
      return Verdict.damaged(
          e, "The next start needs good rules in the file of --access, and writes this one again");
    }
  }

  /** Replaces what is kept; durable when this returns. */
  void save(KeptRules kept) throws StoreException {
    atomic.replace(print(kept).getBytes(StandardCharsets.UTF_8));
  }

  static String print(KeptRules kept) {
    WrittenRules rules = kept.rules();
    Revision at = kept.changedAt();
    StringBuilder body = new StringBuilder();
    body.append(CHANGED).append(at.incarnation()).append(' ').append(at.generation()).append('\n');
    body.append(SOURCE).append(WORD.escape(rules.source())).append('\n');
    rules
        .names()
        .users()
        .forEach(
            (name, user) ->
                line(body, USER + WORD.escape(name), Stream.of(user.uid(), user.gid())));
    rules
        .names()
        .groups()
        .forEach(
            (name, group) ->
                line(
                    body,
                    GROUP + WORD.escape(name),
                    Stream.concat(Stream.of(group.gid()), group.members().stream())));
    body.append(TEXT).append('\n').append(rules.text());
    return FORMAT + "\n" + DIGEST + digest(body.toString()) + "\n" + body;
  }

  private static void line(StringBuilder body, String begin, Stream<String> numbers) {
    body.append(begin);
    numbers.forEach(number -> body.append(' ').append(number));
    body.append('\n');
  }

  private static Digest digest(String body) {
    return Digest.of(body.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * @throws IllegalArgumentException when it is damaged
   */
  static KeptRules parse(String text) {
    List<String> parts = Splitter.on('\n').limit(3).splitToList(text);
    if (!parts.get(0).equals(FORMAT)) {
      throw new IllegalArgumentException("it does not begin with '" + FORMAT + "'");
    }
    if (parts.size() < 3 || !parts.get(1).equals(DIGEST + digest(parts.get(2)))) {
      throw new IllegalArgumentException("its checksum does not match");
    }
    String body = parts.get(2);
    String end = "\n" + TEXT + "\n";
    int head = body.indexOf(end);
    if (head < 0) {
      throw new IllegalArgumentException("it has no rules");
    }
    List<String> lines = Splitter.on('\n').splitToList(body.substring(0, head));
    KnownUsers names =
        new KnownUsers(
            lines.stream()
                .filter(line -> line.startsWith(USER))
                .map(KeptRulesFile::words)
                .collect(toImmutableMap(KeptRulesFile::name, KeptRulesFile::user)),
            lines.stream()
                .filter(line -> line.startsWith(GROUP))
                .map(KeptRulesFile::words)
                .collect(toImmutableMap(KeptRulesFile::name, KeptRulesFile::group)));
    WrittenRules rules =
        new WrittenRules(
            decoded(value(lines, SOURCE).get(1)), body.substring(head + end.length()), names);
    List<String> changed = value(lines, CHANGED);
    return new KeptRules(
        checked(rules),
        new Revision(
            new Incarnation(changed.get(1)), new Generation(Long.parseLong(changed.get(2)))));
  }

  private static WrittenRules checked(WrittenRules rules) {
    RulesParser.parse(rules.text(), rules.source(), rules.names()).faults().stream()
        .findFirst()
        .ifPresent(
            fault -> {
              throw new IllegalArgumentException("its rules have a fault: " + fault);
            });
    return rules;
  }

  private static List<String> value(List<String> lines, String begin) {
    return lines.stream()
        .filter(line -> line.startsWith(begin))
        .findFirst()
        .map(KeptRulesFile::words)
        .orElseThrow(() -> new IllegalArgumentException("it has no line '" + begin.strip() + "'"));
  }

  private static List<String> words(String line) {
    return Splitter.on(' ').splitToList(line);
  }

  private static String name(List<String> words) {
    return decoded(words.get(1));
  }

  private static Users.User user(List<String> words) {
    return new Users.User(words.get(2), words.get(3));
  }

  private static Users.Group group(List<String> words) {
    return new Users.Group(words.get(2), words.stream().skip(3).collect(toImmutableSet()));
  }

  private static String decoded(String word) {
    return URLDecoder.decode(word, StandardCharsets.UTF_8);
  }
}
