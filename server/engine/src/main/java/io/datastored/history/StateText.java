package io.datastored.history;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableMap;
import com.google.common.hash.HashCode;
import com.google.common.io.BaseEncoding;
import io.datastored.config.DatastoreName;
import io.datastored.config.Fingerprint;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.config.NameMap;
import io.datastored.file.Digest;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.zip.CRC32C;

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
 *   datastore NAME GENERATION FINGERPRINT [mounted|unmounted]
 *   mode NAME GENERATION MODE MESSAGE SINCE END BY     '-' for what is absent
 *   before NAME GENERATION MODE MESSAGE SINCE END BY   the mode before that
 *   good NAME BASE64                           text that is served instead of the one in the file
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
  private static final BaseEncoding BASE64 = BaseEncoding.base64Url().omitPadding();
  private static final String ABSENT = "-";

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
    line(lines, "config " + optionalText(state.configFile().map(Path::toString)));
    line(lines, "digest " + state.digest().hex());
    line(lines, "floor " + state.floor());
    state.datastores().forEach((name, accepted) -> datastore(lines, name, accepted));
    state.removed().forEach((name, at) -> line(lines, "removed " + name + " " + at));
    byte[] head = lines.toString().getBytes(US_ASCII);
    ByteBuffer text = ByteBuffer.allocate(head.length + config.length + 1 + END_LENGTH);
    text.put(head).put(config).put((byte) '\n');
    return text.put(end(text.array(), text.position()).getBytes(US_ASCII)).array();
  }

  /** The length of the last line, in bytes. */
  private static final int END_LENGTH = "end 00000000\n".length();

  /** The last line of a file with this body. */
  private static String end(byte[] body, int length) {
    CRC32C crc = new CRC32C();
    crc.update(body, 0, length);
    return "end " + HashCode.fromInt((int) crc.getValue()) + "\n";
  }

  private static void line(StringBuilder out, String line) {
    out.append(line).append('\n');
  }

  /** Writes the lines of one datastore. */
  private static void datastore(StringBuilder out, DatastoreName name, AcceptedDatastore accepted) {
    out.append("datastore ").append(name.value()).append(' ');
    out.append(accepted.generation().value());
    out.append(' ').append(accepted.fingerprint());
    accepted.mounted().ifPresent(mounted -> out.append(mounted ? " mounted" : " unmounted"));
    out.append('\n');
    ModeRecord mode = accepted.mode();
    if (!mode.equals(ModeRecord.NEVER_SET)) {
      line(out, mode("mode", name, mode));
      mode.before().ifPresent(before -> line(out, mode("before", name, before)));
    }
    accepted.lastGood().ifPresent(text -> line(out, "good " + name + " " + encode(text)));
  }

  private static String mode(String word, DatastoreName name, ModeRecord mode) {
    return String.join(
        " ",
        word,
        name.value(),
        mode.generation().toString(),
        mode.setting().mode().name(),
        optionalText(mode.setting().message()),
        optionalTime(mode.since()),
        optionalTime(mode.expectedEnd()),
        optionalText(mode.setBy()));
  }

  private static String encode(String text) {
    return "=" + BASE64.encode(text.getBytes(UTF_8));
  }

  private static String optionalText(Optional<String> text) {
    return text.map(StateText::encode).orElse(ABSENT);
  }

  private static String optionalTime(Optional<Instant> time) {
    return time.map(Instant::toString).orElse(ABSENT);
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
    private final Map<DatastoreName, ModeRecord> modes = new HashMap<>();
    private final Map<DatastoreName, ModeRecord> modesBefore = new HashMap<>();
    private final Map<DatastoreName, String> good = new HashMap<>();
    private final ImmutableMap.Builder<DatastoreName, Generation> removed = ImmutableMap.builder();
    private final Map<DatastoreName, List<String>> datastores = new java.util.LinkedHashMap<>();

    /** Combines mode and message. */
    private final BiFunction<MaintenanceMode, Optional<String>, MaintenanceSetting> setting;

    private CommitMark mark = CommitMark.NONE;

    Reader(BiFunction<MaintenanceMode, Optional<String>, MaintenanceSetting> setting) {
      this.setting = setting;
    }

    public Kept read(String body, Optional<byte[]> config) {
      for (String line : LINES.split(body)) {
        List<String> words = WORDS.splitToList(line);
        switch (words.get(0)) {
          case "datastore" -> datastores.put(DatastoreName.of(words.get(1)), words);
          case "mode" -> modes.put(DatastoreName.of(words.get(1)), mode(words));
          case "before" -> modesBefore.put(DatastoreName.of(words.get(1)), mode(words));
          case "good" -> good.put(DatastoreName.of(words.get(1)), decode(words.get(2)));
          case "commit" -> mark = mark(words);
          case "removed" -> removed.put(DatastoreName.of(words.get(1)), generation(words.get(2)));
          default -> {
            if (words.size() == 2) {
              single.put(words.get(0), words.get(1));
            }
          }
        }
      }
      AcceptedState state =
          new AcceptedState(
              new Revision(new Incarnation(one("incarnation")), generation(one("generation"))),
              optional(one("config")).map(Path::of),
              text(new Digest(one("digest")), config),
              generation(one("floor")),
              accepted(),
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

    private NameMap<AcceptedDatastore> accepted() {
      NameMap.Builder<AcceptedDatastore> accepted =
          NameMap.builder(NameMap.of(), datastores.size());
      datastores.forEach(
          (name, words) ->
              accepted.put(
                  name,
                  new AcceptedDatastore(
                      generation(words.get(2)),
                      fingerprint(words.get(3)),
                      modes
                          .getOrDefault(name, ModeRecord.NEVER_SET)
                          .after(Optional.ofNullable(modesBefore.get(name))),
                      words.size() > 4
                          ? Optional.of(words.get(4).equals("mounted"))
                          : Optional.empty(),
                      Optional.ofNullable(good.get(name)))));
      return accepted.build();
    }

    private String one(String key) {
      String value = single.get(key);
      if (value == null) {
        throw new IllegalArgumentException("it has no line '" + key + "'");
      }
      return value;
    }

    private ModeRecord mode(List<String> words) {
      return new ModeRecord(
          setting.apply(MaintenanceMode.valueOf(words.get(3)), optional(words.get(4))),
          generation(words.get(2)),
          time(words.get(5)),
          time(words.get(6)),
          optional(words.get(7)),
          Optional.empty());
    }

    private static Fingerprint fingerprint(String word) {
      if (word.length() != 32) {
        throw new IllegalArgumentException("'" + word + "' is not a fingerprint");
      }
      return new Fingerprint(
          Long.parseUnsignedLong(word, 0, 16, 16), Long.parseUnsignedLong(word, 16, 32, 16));
    }

    private static Generation generation(String word) {
      return new Generation(Long.parseLong(word));
    }

    private static Optional<Instant> time(String word) {
      return word.equals(ABSENT) ? Optional.empty() : Optional.of(Instant.parse(word));
    }

    private static Optional<String> optional(String word) {
      return word.equals(ABSENT) ? Optional.empty() : Optional.of(decode(word));
    }

    private static String decode(String word) {
      return new String(BASE64.decode(word.substring(1)), UTF_8);
    }
  }
}
