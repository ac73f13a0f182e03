package io.datastored.history;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableMap;
import com.google.common.hash.Hashing;
import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.file.Digest;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * State text is the format of the accepted state in the state file: lines of words, the accepted
 * configuration verbatim, and a checksum of all that precedes it. Immutable.
 *
 * <pre>
 *   datastored-state 2
 *   text BYTES                                 of the configuration at the end; '-' if not known
 *   commit NUMBER ID PREVIOUS-ID               which commit of this history it is
 *   machine HASH                               on which it was written; '-' where machines have no id
 *   incarnation HEX
 *   generation N
 *   config BASE64                              path of the configuration file
 *   digest HEX
 *   floor N
 *   the lines of each datastore             see {@link DatastoreLines}
 *   removed NAME GENERATION
 *   the configuration file, and a line feed
 *   end CRC32C
 * </pre>
 *
 * <p>The configuration is in the same file, so it is as durable as the rest and always belongs to
 * the same commit. Version 1, which is still read, had no text, commit or machine.
 */
public final class StateText {

  private static final String FORMAT = "datastored-state ";
  private static final String MAGIC = FORMAT + 2;
  private static final String EARLIER = FORMAT + 1;
  private static final Splitter WORDS = Splitter.on(' ');
  private static final Splitter LINES = Splitter.on('\n');
  private static final String ABSENT = DatastoreLines.ABSENT;

  private static final byte[] NO_TEXT = {};

  /** Approximate number of characters before the lines of datastores, and for each datastore. */
  private static final int HEAD = 400;

  private static final int LINE = 96;

  /**
   * The content of a state file.
   *
   * @param mark which commit it is
   * @param machine on which it was written
   */
  public record Kept(AcceptedState state, CommitMark mark, Machine machine) {}

  /** Thrown if the file was written by a later version; this version must not touch it. */
  public static final class LaterVersionException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private LaterVersionException(String version) {
      super("it has format " + version + ", which is of a later version of datastored");
    }
  }

  private StateText() {}

  /** Writes a state. */
  public static byte[] write(Kept kept) {
    AcceptedState state = kept.state();
    CommitMark mark = kept.mark();
    byte[] config = state.text().bytes().orElse(NO_TEXT);
    StringBuilder lines = new StringBuilder(HEAD + LINE * state.datastores().size());
    line(lines, MAGIC);
    line(
        lines,
        "text " + state.text().bytes().map(text -> Integer.toString(text.length)).orElse(ABSENT));
    line(lines, "commit " + mark.number() + " " + mark.id() + " " + mark.previous());
    line(lines, "machine " + kept.machine().hash().orElse(ABSENT));
    line(lines, "incarnation " + state.revision().incarnation());
    line(lines, "generation " + state.generation());
    line(lines, "config " + DatastoreLines.optionalText(state.configFile().map(Path::toString)));
    line(lines, "digest " + state.digest().hex());
    line(lines, "floor " + state.floor());
    state.datastores().forEach((name, accepted) -> DatastoreLines.write(lines, name, accepted));
    state.removed().forEach((name, at) -> line(lines, "removed " + name + " " + at));
    byte[] head = lines.toString().getBytes(US_ASCII);
    ByteBuffer text = ByteBuffer.allocate(head.length + config.length + 1 + END_LENGTH);
    text.put(head).put(config).put((byte) '\n');
    return text.put(end(text.array(), text.position()).getBytes(US_ASCII)).array();
  }

  /** The length of the last line, in bytes. */
  private static final int END_LENGTH = "end 00000000\n".length();

  /** The last line of a file with this body: its CRC32C. */
  public static String end(byte[] body, int length) {
    return "end " + Hashing.crc32c().hashBytes(body, 0, length) + "\n";
  }

  private static void line(StringBuilder out, String line) {
    out.append(line).append('\n');
  }

  /**
   * Reads a state file.
   *
   * @throws LaterVersionException when it was written by a later version
   * @throws IllegalArgumentException when it is damaged otherwise, with the reason
   */
  public static Kept read(byte[] bytes) {
    String magic = lineAt(bytes, 0);
    int end = bytes.length - END_LENGTH;
    if (!magic.startsWith(FORMAT) || end < 0) {
      throw new IllegalArgumentException("it is not a state file, or it is truncated");
    }
    if (!new String(bytes, end, END_LENGTH, UTF_8).equals(end(bytes, end))) {
      throw magic.equals(MAGIC) || magic.equals(EARLIER) || !magic.matches(FORMAT + "\\d{1,9}")
          ? new IllegalArgumentException(
              "it is truncated, or its checksum does not match its content")
          : new LaterVersionException(magic.substring(FORMAT.length()));
    }
    if (magic.equals(EARLIER)) {
      // Version 1 kept messages as the configuration file spells them.
      return new Reader(MaintenanceSetting::ofStored)
          .read(new String(bytes, 0, end, UTF_8), Optional.empty());
    }
    if (!magic.equals(MAGIC)) {
      throw new LaterVersionException(magic.substring(FORMAT.length()));
    }
    String length = lineAt(bytes, MAGIC.length() + 1);
    if (length.equals("text " + ABSENT)) {
      return new Reader(MaintenanceSetting::new)
          .read(new String(bytes, 0, end - 1, UTF_8), Optional.empty());
    }
    int begin = end - 1 - Integer.parseInt(length.substring("text ".length()));
    return new Reader(MaintenanceSetting::new)
        .read(
            new String(bytes, 0, begin, UTF_8),
            Optional.of(Arrays.copyOfRange(bytes, begin, end - 1)));
  }

  /** The line that begins at this offset; empty if it has no line end. */
  private static String lineAt(byte[] bytes, int from) {
    int end = from;
    while (end < bytes.length && bytes[end] != '\n') {
      end++;
    }
    return end < bytes.length ? new String(bytes, from, end - from, UTF_8) : "";
  }

  /** A reader parses the lines of one state file. Confined to one call. */
  private static final class Reader {
    private final Map<String, String> single = new HashMap<>();
    private final ImmutableMap.Builder<DatastoreName, Generation> removed = ImmutableMap.builder();
    private final DatastoreLines.Reader datastores;
    private CommitMark mark = CommitMark.NONE;

    /**
     * @param setting combines mode and message
     */
    Reader(BiFunction<MaintenanceMode, Optional<String>, MaintenanceSetting> setting) {
      this.datastores = new DatastoreLines.Reader(setting);
    }

    public Kept read(String body, Optional<byte[]> config) {
      for (String line : LINES.split(body)) {
        List<String> words = WORDS.splitToList(line);
        if (datastores.read(words)) {
          continue;
        }
        switch (words.get(0)) {
          case "commit" -> mark = mark(words);
          case "removed" ->
              removed.put(DatastoreName.of(words.get(1)), DatastoreLines.generation(words.get(2)));
          default -> {
            if (words.size() == 2) {
              single.put(words.get(0), words.get(1));
            }
          }
        }
      }
      AcceptedState state =
          new AcceptedState(
              new Revision(
                  new Incarnation(one("incarnation")),
                  DatastoreLines.generation(one("generation"))),
              DatastoreLines.optional(one("config")).map(Path::of),
              text(new Digest(one("digest")), config),
              DatastoreLines.generation(one("floor")),
              datastores.datastores(),
              removed.buildOrThrow());
      return new Kept(state, mark, new Machine(machine()));
    }

    private static AcceptedText text(Digest digest, Optional<byte[]> config) {
      return config
          .map(bytes -> AcceptedText.of(digest, bytes))
          .orElseGet(() -> AcceptedText.of(digest));
    }

    private Optional<String> machine() {
      return Optional.ofNullable(single.get("machine")).filter(hash -> !hash.equals(ABSENT));
    }

    private static CommitMark mark(List<String> words) {
      return new CommitMark(
          Long.parseLong(words.get(1)),
          new Incarnation(words.get(2)),
          new Incarnation(words.get(3)));
    }

    private String one(String key) {
      String value = single.get(key);
      if (value == null) {
        throw new IllegalArgumentException("it has no line '" + key + "'");
      }
      return value;
    }
  }
}
