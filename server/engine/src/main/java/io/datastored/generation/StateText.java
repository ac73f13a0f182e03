package io.datastored.generation;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableMap;
import com.google.common.hash.HashCode;
import com.google.common.io.BaseEncoding;
import io.datastored.config.DatastoreName;
import io.datastored.config.Digest;
import io.datastored.config.Fingerprint;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.config.NameMap;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * State text is the form of the accepted state in the state file: lines of words, the last one a
 * checksum of those before. Immutable.
 *
 * <pre>
 *   datastored-state 1
 *   file DEVICE:INODE                          of the state file itself
 *   written TIME                               by the wall clock
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
 *   end CRC32C
 * </pre>
 */
final class StateText {

  private static final String MAGIC = "datastored-state 1";
  private static final Splitter WORDS = Splitter.on(' ');
  private static final Splitter LINES = Splitter.on('\n');
  private static final BaseEncoding BASE64 = BaseEncoding.base64Url().omitPadding();
  private static final String ABSENT = "-";

  /** Characters of the lines before those of datastores, about. */
  private static final int HEAD = 400;

  /** What was read: the state, and to which file and when it says it was written. */
  record Read(AcceptedState state, String file, Instant written) {}

  private StateText() {}

  /**
   * Writes a state.
   *
   * @param last what was written before: the lines of datastores that are the same are taken over
   */
  static WrittenState write(
      AcceptedState state, String file, Instant written, Optional<WrittenState> last) {
    StringBuilder head = new StringBuilder(HEAD);
    line(head, MAGIC);
    line(head, "file " + file);
    line(head, "written " + written);
    line(head, "incarnation " + state.revision().incarnation());
    line(head, "generation " + state.generation());
    line(head, "config " + optionalText(state.configFile().map(Path::toString)));
    line(head, "digest " + state.digest().hex());
    line(head, "floor " + state.floor());
    StringBuilder tail = new StringBuilder();
    state.removed().forEach((name, at) -> line(tail, "removed " + name + " " + at));
    return WrittenState.of(head.toString(), state.datastores(), tail.toString(), last);
  }

  /** Bytes of the line that ends a file. */
  static final int END_LENGTH = "end 00000000\n".length();

  /** The line that ends a file with this body. */
  static String end(byte[] body, int length) {
    CRC32C crc = new CRC32C();
    crc.update(body, 0, length);
    return "end " + HashCode.fromInt((int) crc.getValue()) + "\n";
  }

  private static void line(StringBuilder out, String line) {
    out.append(line).append('\n');
  }

  /** Writes the lines of one datastore. */
  static void datastore(StringBuilder out, DatastoreName name, AcceptedDatastore accepted) {
    out.append("datastore ").append(name.value()).append(' ').append(accepted.generation());
    out.append(' ').append(accepted.fingerprint());
    accepted.mounted().ifPresent(mounted -> out.append(mounted ? " mounted" : " unmounted"));
    out.append('\n');
    ModeMemory mode = accepted.mode();
    if (!mode.equals(ModeMemory.NEVER_SET)) {
      line(out, mode("mode", name, mode));
      mode.before().ifPresent(before -> line(out, mode("before", name, before)));
    }
    accepted.lastGood().ifPresent(text -> line(out, "good " + name + " " + encode(text)));
  }

  private static String mode(String word, DatastoreName name, ModeMemory mode) {
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
   * @throws IllegalArgumentException saying what is wrong with it
   */
  static Read read(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    int end = text.lastIndexOf("end ");
    if (!text.startsWith(MAGIC + "\n") || end < 1 || text.charAt(end - 1) != '\n') {
      throw new IllegalArgumentException("it is not a state file of this version, or it is cut");
    }
    String body = text.substring(0, end);
    byte[] summed = body.getBytes(UTF_8);
    if (!text.substring(end).equals(end(summed, summed.length))) {
      throw new IllegalArgumentException("its checksum does not match its content");
    }
    return new Reader().read(body);
  }

  /** A reader collects the lines of one state file. Confined to one call. */
  private static final class Reader {
    private final Map<String, String> single = new HashMap<>();
    private final Map<DatastoreName, ModeMemory> modes = new HashMap<>();
    private final Map<DatastoreName, ModeMemory> modesBefore = new HashMap<>();
    private final Map<DatastoreName, String> good = new HashMap<>();
    private final ImmutableMap.Builder<DatastoreName, Generation> removed = ImmutableMap.builder();
    private final Map<DatastoreName, List<String>> datastores = new java.util.LinkedHashMap<>();

    Read read(String body) {
      for (String line : LINES.split(body)) {
        List<String> words = WORDS.splitToList(line);
        switch (words.get(0)) {
          case "datastore" -> datastores.put(DatastoreName.of(words.get(1)), words);
          case "mode" -> modes.put(DatastoreName.of(words.get(1)), mode(words));
          case "before" -> modesBefore.put(DatastoreName.of(words.get(1)), mode(words));
          case "good" -> good.put(DatastoreName.of(words.get(1)), decode(words.get(2)));
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
              new Digest(one("digest")),
              generation(one("floor")),
              accepted(),
              removed.buildOrThrow());
      return new Read(state, one("file"), Instant.parse(one("written")));
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
                          .getOrDefault(name, ModeMemory.NEVER_SET)
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

    private static ModeMemory mode(List<String> words) {
      return new ModeMemory(
          new MaintenanceSetting(MaintenanceMode.valueOf(words.get(3)), optional(words.get(4))),
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
