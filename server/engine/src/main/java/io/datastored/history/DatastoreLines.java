package io.datastored.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Splitter;
import com.google.common.io.BaseEncoding;
import io.datastored.config.DatastoreName;
import io.datastored.config.Fingerprint;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.config.NameMap;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Datastore lines are the format of one accepted datastore, in a state file and wherever else it is
 * kept: lines of words. Stateless.
 *
 * <pre>
 *   datastore NAME GENERATION FINGERPRINT [mounted|unmounted]
 *   mode NAME GENERATION MODE MESSAGE SINCE END BY     '-' for what is absent
 *   before NAME GENERATION MODE MESSAGE SINCE END BY   the mode before that
 *   good NAME BASE64                           text that is served instead of the section
 * </pre>
 */
public final class DatastoreLines {

  private static final Splitter WORDS = Splitter.on(' ');
  private static final Splitter LINES = Splitter.on('\n');
  private static final BaseEncoding BASE64 = BaseEncoding.base64Url().omitPadding();

  /** The word for what is absent. */
  static final String ABSENT = "-";

  private DatastoreLines() {}

  /** Appends the lines of a datastore, each with its line feed. */
  public static void write(StringBuilder out, DatastoreName name, AcceptedDatastore accepted) {
    out.append("datastore ").append(name.value()).append(' ');
    out.append(accepted.generation().value());
    out.append(' ').append(accepted.fingerprint());
    accepted.mounted().ifPresent(mounted -> out.append(mounted ? " mounted" : " unmounted"));
    out.append('\n');
    ModeRecord mode = accepted.mode();
    if (!mode.equals(ModeRecord.NEVER_SET)) {
      mode(out, "mode", name, mode);
      mode.before().ifPresent(before -> mode(out, "before", name, before));
    }
    accepted
        .lastGood()
        .ifPresent(
            text -> out.append("good " + name.value() + ' ').append(encode(text)).append('\n'));
  }

  private static void mode(StringBuilder out, String word, DatastoreName name, ModeRecord mode) {
    out.append(
            String.join(
                " ",
                word,
                name.value(),
                mode.generation().toString(),
                mode.setting().mode().name(),
                optionalText(mode.setting().message()),
                optionalTime(mode.since()),
                optionalTime(mode.expectedEnd()),
                optionalText(mode.setBy())))
        .append('\n');
  }

  /**
   * Reads the lines of one datastore; lines of other kinds are ignored.
   *
   * @return empty if they are not about {@code name}
   * @throws RuntimeException when they are damaged
   */
  public static Optional<AcceptedDatastore> read(DatastoreName name, String lines) {
    Reader reader = new Reader(MaintenanceSetting::new);
    for (String line : LINES.split(lines)) {
      boolean unused = reader.read(WORDS.splitToList(line));
    }
    return Optional.ofNullable(reader.datastores().get(name));
  }

  /** A text as one word. */
  public static String encode(String text) {
    return "=" + BASE64.encode(text.getBytes(UTF_8));
  }

  /** The word for a text. */
  static String optionalText(Optional<String> text) {
    return text.map(DatastoreLines::encode).orElse(ABSENT);
  }

  /** The text of a word. */
  static Optional<String> optional(String word) {
    return word.equals(ABSENT) ? Optional.empty() : Optional.of(decode(word));
  }

  /** The generation in a word. */
  static Generation generation(String word) {
    return new Generation(Long.parseLong(word));
  }

  private static String optionalTime(Optional<Instant> time) {
    return time.map(Instant::toString).orElse(ABSENT);
  }

  /** The text of a word that {@link #encode} made. */
  public static String decode(String word) {
    return new String(BASE64.decode(word.substring(1)), UTF_8);
  }

  /** A reader parses lines of any number of datastores. Confined to one call. */
  static final class Reader {
    private final Map<DatastoreName, ModeRecord> modes = new HashMap<>();
    private final Map<DatastoreName, ModeRecord> modesBefore = new HashMap<>();
    private final Map<DatastoreName, String> good = new HashMap<>();
    private final Map<DatastoreName, List<String>> datastores = new LinkedHashMap<>();

    /** Combines mode and message. */
    private final BiFunction<MaintenanceMode, Optional<String>, MaintenanceSetting> setting;

    Reader(BiFunction<MaintenanceMode, Optional<String>, MaintenanceSetting> setting) {
      this.setting = setting;
    }

    /** Reads one line, and says whether it is about a datastore. */
    boolean read(List<String> words) {
      switch (words.get(0)) {
        case "datastore" -> datastores.put(name(words), words);
        case "mode" -> modes.put(name(words), mode(words));
        case "before" -> modesBefore.put(name(words), mode(words));
        case "good" -> good.put(name(words), decode(words.get(2)));
        default -> {
          return false;
        }
      }
      return true;
    }

    private static DatastoreName name(List<String> words) {
      return DatastoreName.of(words.get(1));
    }

    /** The datastores in the order of their lines. */
    NameMap<AcceptedDatastore> datastores() {
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

    private static Optional<Instant> time(String word) {
      return word.equals(ABSENT) ? Optional.empty() : Optional.of(Instant.parse(word));
    }
  }
}
