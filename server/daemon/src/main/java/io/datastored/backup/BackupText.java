package io.datastored.backup;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableMap;
import com.google.common.net.PercentEscaper;
import io.datastored.file.Digest;
import java.io.ByteArrayOutputStream;
import java.net.URLDecoder;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * Backup text is the format of a backup: lines of words, each file verbatim, and a checksum of all
 * that precedes it. Stateless.
 *
 * <pre>
 *   datastored-backup 1
 *   made TIME
 *   version VERSION
 *   directory PATH      percent-encoded
 *   file NAME BYTES     then the file, and a line feed; for each file
 *   sha256 HEX
 * </pre>
 */
final class BackupText {

  private static final String FORMAT = "datastored-backup ";
  private static final String MAGIC = FORMAT + 1;
  private static final String CHECKSUM = "sha256 ";
  private static final int CHECKSUM_LENGTH = CHECKSUM.length() + Digest.EMPTY.hex().length() + 1;
  private static final PercentEscaper WORD = new PercentEscaper("/-_.", false);

  private BackupText() {}

  static byte[] write(Backup backup) {
    var text = new ByteArrayOutputStream();
    line(text, MAGIC);
    line(text, "made " + backup.made());
    line(text, "version " + WORD.escape(backup.version()));
    line(text, "directory " + WORD.escape(backup.directory().toString()));
    backup
        .files()
        .forEach(
            (file, bytes) -> {
              line(text, "file " + file.fileName() + " " + bytes.length);
              text.writeBytes(bytes);
              text.write('\n');
            });
    line(text, CHECKSUM + Digest.of(text.toByteArray()));
    return text.toByteArray();
  }

  private static void line(ByteArrayOutputStream text, String line) {
    text.writeBytes((line + "\n").getBytes(US_ASCII));
  }

  /**
   * Reads a backup.
   *
   * @throws IllegalArgumentException with the reason, when it is damaged or no backup
   */
  static Backup read(byte[] bytes) {
    int end = bytes.length - CHECKSUM_LENGTH;
    String first = new String(bytes, 0, Math.min(bytes.length, MAGIC.length() + 8), ISO_8859_1);
    if (!first.startsWith(FORMAT)) {
      throw new IllegalArgumentException(
          "it does not begin with '%s': it is not a backup of a state directory".formatted(MAGIC));
    }
    if (end < 0 || !isWhole(bytes, end)) {
      throw new IllegalArgumentException(
          "its checksum does not match: it was truncated or changed; take another backup");
    }
    if (!first.startsWith(MAGIC + "\n")) {
      throw new IllegalArgumentException(
          "it has format %s, which is of a later version of datastored; use that version"
              .formatted(first.substring(FORMAT.length()).lines().findFirst().orElse("")));
    }
    return new Reader(bytes, end).read();
  }

  private static boolean isWhole(byte[] bytes, int end) {
    String line = CHECKSUM + Digest.of(Arrays.copyOf(bytes, end)) + "\n";
    return line.equals(new String(bytes, end, CHECKSUM_LENGTH, ISO_8859_1));
  }

  /** A reader goes through one whole backup. Confined to one call. */
  private static final class Reader {
    private final byte[] bytes;
    private final int end;
    private int at;

    Reader(byte[] bytes, int end) {
      this.bytes = bytes;
      this.end = end;
      this.at = MAGIC.length() + 1;
    }

    Backup read() {
      Instant made = Instant.parse(value("made"));
      String version = decoded(value("version"));
      Path directory = Path.of(decoded(value("directory")));
      ImmutableMap.Builder<StateFile, byte[]> files = ImmutableMap.builder();
      while (at < end) {
        List<String> words = Splitter.on(' ').splitToList(value("file"));
        int length = Integer.parseInt(words.get(1));
        files.put(file(words.get(0)), Arrays.copyOfRange(bytes, at, at + length));
        at += length + 1;
      }
      return new Backup(made, version, directory, files.buildOrThrow());
    }

    private static StateFile file(String name) {
      return Arrays.stream(StateFile.values())
          .filter(file -> file.fileName().equals(name))
          .filter(file -> file.inBackup() != StateFile.InBackup.NEVER)
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException("it has an unknown file " + name));
    }

    private String value(String key) {
      int from = at;
      while (bytes[at] != '\n') {
        at++;
      }
      String line = new String(bytes, from, at - from, UTF_8);
      at++;
      if (!line.startsWith(key + " ")) {
        throw new IllegalArgumentException("it has no line '" + key + "'");
      }
      return line.substring(key.length() + 1);
    }

    private static String decoded(String word) {
      return URLDecoder.decode(word, UTF_8);
    }
  }
}
