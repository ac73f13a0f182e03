package io.datastored.promise;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.hash.Hashing;
import com.google.common.net.PercentEscaper;
import com.google.common.primitives.Ints;
import io.datastored.config.DatastoreName;
import io.datastored.file.AtomicFile;
import io.datastored.file.DiskSteps;
import io.datastored.file.StoreException;
import io.datastored.file.Verdict;
import io.datastored.history.Incarnation;
import io.datastored.operation.Operation;
import io.datastored.promise.LedgerEntry.Promises;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A ledger file stores one {@link LedgerEntry}: a few lines of text, the last one a checksum of the
 * others. Confined to its ledger, which serialises writes.
 */
final class LedgerFile {

  static final String NAME = "leases";

  private static final String FORMAT = "datastored-leases ";
  private static final int VERSION = 3;

  /** The version without base paths that were left. */
  private static final int OLDEST_VERSION = 1;

  /** The first version that names the history to which it belongs. */
  private static final int WITH_HISTORY = 3;

  private static final String CEILING = "fencing-ceiling ";
  private static final String LONGEST_TTL = "longest-ttl-seconds ";
  private static final String PROMISES = "promises ";
  private static final String HISTORY = "history ";
  private static final String ABSENT = "-";
  private static final String FLOOR = "fencing-floor ";
  private static final String LEFT = "left-path ";
  private static final String CHECKSUM = "crc32c ";

  /** The number of fixed lines before the history. */
  private static final int LINES_OF_NUMBERS = 4;

  /** The checksum, and the empty text after the last line end. */
  private static final int LINES_AT_THE_END = 2;

  /** Escapes a path to one word of ASCII, whatever it contains. */
  private static final PercentEscaper PATH = new PercentEscaper("/-_.", false);

  private final Path file;
  private final AtomicFile atomic;

  LedgerFile(Path stateDirectory, DiskSteps disk) {
    this.file = stateDirectory.resolve(NAME);
    this.atomic = AtomicFile.forOwnerOnly(file, disk);
  }

  /** Removes temporary files of processes that died while writing. */
  void removeLeftovers(InstantSource clock) throws StoreException {
    atomic.removeLeftovers(clock);
  }

  /**
   * The entry of the last run; empty if there is no file.
   *
   * @throws IllegalArgumentException when the file is damaged
   * @throws StoreException when it cannot be read, or is of a later version
   */
  Optional<LedgerEntry> read() throws StoreException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw StoreException.of("read", file, e);
    }
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int version = version(text);
    if (version > VERSION && isWhole(text)) {
      throw new StoreException(StoreException.Reason.OTHER, file + " " + later(version));
    }
    return Optional.of(parse(text));
  }

  private static String later(int version) {
    return "was written by a later version of datastored (format %d, this one knows %d): start that version"
        .formatted(version, VERSION);
  }

  /** Whether a ledger can be used, and what is in it. */
  static Verdict verdict(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int version = version(text);
    if (version > VERSION && isWhole(text)) {
      return Verdict.fault("it " + later(version));
    }
    try {
      return Verdict.whole("format %d, %s".formatted(version, parse(text).description()));
    } catch (IllegalArgumentException e) {
      return Verdict.damaged(
          e,
          "The next start keeps it as leases.corrupt-SECONDS; no drain completes before the longest"
              + " leases that its options allow have expired");
    }
  }

  /** Replaces the file; durable when this returns. */
  void write(LedgerEntry entry) throws StoreException {
    atomic.replace(print(entry).getBytes(StandardCharsets.US_ASCII));
  }

  /** Renames a damaged file, for an operator to examine. */
  Path setAside(Instant now) throws StoreException {
    Path aside = file.resolveSibling(NAME + ".corrupt-" + now.getEpochSecond());
    try {
      return Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw StoreException.of("set aside", file, e);
    }
  }

  static String print(LedgerEntry entry) {
    StringBuilder text = new StringBuilder(FORMAT + VERSION + "\n");
    text.append(CEILING).append(entry.ceiling()).append('\n');
    text.append(LONGEST_TTL).append(entry.longestTtl().toSeconds()).append('\n');
    text.append(PROMISES).append(word(entry.promises())).append('\n');
    text.append(HISTORY)
        .append(entry.history().map(Incarnation::value).orElse(ABSENT))
        .append('\n');
    for (FencingFloor floor : entry.floors()) {
      text.append(FLOOR).append(floor.datastore()).append(' ');
      text.append(word(floor.operation())).append(' ').append(floor.token()).append('\n');
    }
    for (LeftPath left : entry.left()) {
      text.append(LEFT).append(left.datastore()).append(' ').append(left.certain());
      text.append(' ').append(left.until()).append(' ');
      text.append(PATH.escape(left.basePath().toString())).append('\n');
    }
    return text + CHECKSUM + checksum(text.toString()) + "\n";
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /**
   * The entry in a text.
   *
   * @throws IllegalArgumentException when it is damaged, with the reason
   */
  static LedgerEntry parse(String text) {
    List<String> lines = Splitter.on('\n').splitToList(text);
    int version = version(text);
    if (version < OLDEST_VERSION || version > VERSION) {
      throw new IllegalArgumentException("it does not begin with '" + FORMAT + VERSION + "'");
    }
    int end = text.lastIndexOf(CHECKSUM);
    int fixed = version >= WITH_HISTORY ? LINES_OF_NUMBERS + 1 : LINES_OF_NUMBERS;
    int many = lines.size() - fixed - LINES_AT_THE_END;
    if (many < 0 || end < 0) {
      throw new IllegalArgumentException("it is truncated");
    }
    if (!isWhole(text)) {
      throw new IllegalArgumentException("its checksum does not match");
    }
    ImmutableList.Builder<FencingFloor> floors = ImmutableList.builder();
    ImmutableList.Builder<LeftPath> left = ImmutableList.builder();
    for (String line : lines.subList(fixed, fixed + many)) {
      if (line.startsWith(LEFT)) {
        left.add(left(line));
      } else {
        floors.add(floor(line));
      }
    }
    return new LedgerEntry(
        Long.parseLong(value(lines.get(1), CEILING)),
        Duration.ofSeconds(Long.parseLong(value(lines.get(2), LONGEST_TTL))),
        Promises.valueOf(value(lines.get(3), PROMISES).toUpperCase(Locale.ROOT)),
        floors.build(),
        left.build(),
        version >= WITH_HISTORY ? history(lines.get(LINES_OF_NUMBERS)) : Optional.empty());
  }

  private static Optional<Incarnation> history(String line) {
    return Optional.of(value(line, HISTORY))
        .filter(word -> !word.equals(ABSENT))
        .map(Incarnation::new);
  }

  private static FencingFloor floor(String line) {
    List<String> words = Splitter.on(' ').splitToList(value(line, FLOOR));
    if (words.size() != 3) {
      throw new IllegalArgumentException("a floor is a datastore, an operation and a token");
    }
    return new FencingFloor(
        DatastoreName.of(words.get(0)),
        Operation.valueOf(words.get(1).toUpperCase(Locale.ROOT)),
        Long.parseLong(words.get(2)));
  }

  private static LeftPath left(String line) {
    List<String> words = Splitter.on(' ').splitToList(value(line, LEFT));
    if (words.size() != 4) {
      throw new IllegalArgumentException("a left path is a datastore, two tokens and a path");
    }
    return new LeftPath(
        DatastoreName.of(words.get(0)),
        Path.of(URLDecoder.decode(words.get(3), StandardCharsets.UTF_8)),
        Long.parseLong(words.get(1)),
        Long.parseLong(words.get(2)));
  }

  private static boolean isWhole(String text) {
    String body = text.substring(0, Math.max(0, text.lastIndexOf(CHECKSUM)));
    return text.equals(body + CHECKSUM + checksum(body) + "\n");
  }

  /** The number after the name of the format; 0 if there is none. */
  private static int version(String text) {
    String first = text.substring(0, Math.max(0, text.indexOf('\n')));
    Integer version =
        first.startsWith(FORMAT) ? Ints.tryParse(first.substring(FORMAT.length())) : null;
    return version == null ? 0 : version;
  }

  private static String value(String line, String key) {
    if (!line.startsWith(key)) {
      throw new IllegalArgumentException("a line should begin with '" + key + "'");
    }
    return line.substring(key.length());
  }

  private static String checksum(String text) {
    return Hashing.crc32c().hashString(text, StandardCharsets.US_ASCII).toString();
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
