package io.datastored.lease;

import com.google.common.base.Splitter;
import com.google.common.hash.Hashing;
import io.datastored.config.AtomicFile;
import io.datastored.config.DiskSteps;
import io.datastored.config.StoreException;
import io.datastored.lease.LedgerEntry.Promises;
import java.io.IOException;
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
 * A ledger file keeps one {@link LedgerEntry}: five lines of text, the last a checksum of the
 * others. Confined to its ledger, which serialises writes.
 */
final class LedgerFile {

  static final String NAME = "leases";

  private static final String HEADER = "datastored-leases 1";
  private static final String CEILING = "fencing-ceiling ";
  private static final String LONGEST_TTL = "longest-ttl-seconds ";
  private static final String PROMISES = "promises ";
  private static final String CHECKSUM = "crc32c ";

  private final Path file;
  private final AtomicFile atomic;

  LedgerFile(Path stateDirectory, DiskSteps disk) {
    this.file = stateDirectory.resolve(NAME);
    this.atomic = new AtomicFile(file, disk);
  }

  /** Removes what writes of processes that died have left beside it. */
  void removeLeftovers(InstantSource clock) throws StoreException {
    atomic.removeLeftovers(clock);
  }

  /**
   * The entry of the last run; empty when there is no file.
   *
   * @throws CorruptLedgerException when there is one that is not whole
   */
  Optional<LedgerEntry> read() throws StoreException, CorruptLedgerException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw StoreException.of("read", file, e);
    }
    return Optional.of(parse(new String(bytes, StandardCharsets.ISO_8859_1)));
  }

  /** Replaces the file; what was written is on the disk when this returns. */
  void write(LedgerEntry entry) throws StoreException {
    atomic.replace(print(entry).getBytes(StandardCharsets.US_ASCII));
  }

  /** Keeps a file that is not whole out of the way, for people to look at. */
  Path setAside(Instant now) throws StoreException {
    Path aside = file.resolveSibling(NAME + ".corrupt-" + now.getEpochSecond());
    try {
      return Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw StoreException.of("set aside", file, e);
    }
  }

  static String print(LedgerEntry entry) {
    String text =
        HEADER
            + "\n"
            + (CEILING + entry.ceiling() + "\n")
            + (LONGEST_TTL + entry.longestTtl().toSeconds() + "\n")
            + (PROMISES + entry.promises().name().toLowerCase(Locale.ROOT) + "\n");
    return text + CHECKSUM + checksum(text) + "\n";
  }

  static LedgerEntry parse(String text) throws CorruptLedgerException {
    List<String> lines = Splitter.on('\n').splitToList(text);
    if (!lines.get(0).equals(HEADER)) {
      throw new CorruptLedgerException("it does not begin with '" + HEADER + "'");
    }
    int end = text.lastIndexOf(CHECKSUM);
    if (lines.size() != 6 || end < 0) {
      throw new CorruptLedgerException("it is cut or has lines too many");
    }
    String body = text.substring(0, end);
    if (!text.equals(body + CHECKSUM + checksum(body) + "\n")) {
      throw new CorruptLedgerException("its checksum does not match");
    }
    try {
      return new LedgerEntry(
          Long.parseLong(value(lines.get(1), CEILING)),
          Duration.ofSeconds(Long.parseLong(value(lines.get(2), LONGEST_TTL))),
          Promises.valueOf(value(lines.get(3), PROMISES).toUpperCase(Locale.ROOT)));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new CorruptLedgerException(String.valueOf(e.getMessage()));
    }
  }

  private static String value(String line, String key) throws CorruptLedgerException {
    if (!line.startsWith(key)) {
      throw new CorruptLedgerException("a line should begin with '" + key + "'");
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
