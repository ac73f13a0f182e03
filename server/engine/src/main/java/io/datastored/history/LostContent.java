package io.datastored.history;

import io.datastored.config.DatastoreName;
import io.datastored.config.document.ConfigDocument;
import io.datastored.config.document.ConfigSection;
import io.datastored.config.document.FaultySection;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * Lost content is content that a configuration file lost by accident rather than by an edit:
 * because of a full disk, a redirection of empty output, or a generator that is still writing.
 * Immutable.
 *
 * <p>Such a file is treated as missing: the accepted configuration is served until an operator
 * confirms the loss.
 *
 * @param kind how the content was lost
 * @param datastores how many accepted datastores are missing or incomplete
 */
public record LostContent(Kind kind, int datastores) {

  /** The ways to lose content. */
  public enum Kind {
    /** No section is left. */
    EMPTY("empty"),
    /** The file is a truncated copy of the accepted one. */
    CUT("cut");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    /** The name in messages and as a command-line option. */
    public String word() {
      return word;
    }
  }

  /**
   * The content lost between the accepted configuration and the present file; empty if the change
   * looks intended.
   */
  public static Optional<LostContent> between(AcceptedState accepted, byte[] found) {
    if (accepted.datastores().isEmpty()) {
      return Optional.empty();
    }
    if (saysNothing(found)) {
      return Optional.of(new LostContent(Kind.EMPTY, accepted.datastores().size()));
    }
    return accepted
        .text()
        .bytes()
        .filter(text -> isBeginning(found, text))
        .map(text -> missing(ConfigDocument.parse(text), ConfigDocument.parse(found)))
        // The truncated part may be only a comment or an empty line.
        .filter(missing -> missing > 0)
        .map(missing -> new LostContent(Kind.CUT, missing));
  }

  /**
   * Whether the file has no section and no fault. Most large files are recognized by their
   * beginning, without parsing.
   */
  private static boolean saysNothing(byte[] found) {
    boolean comment = false;
    for (byte next : found) {
      if (next == '\n') {
        comment = false;
      } else if (next == '#') {
        comment = true;
      } else if (!comment && next != ' ' && next != '\t' && next != '\r') {
        return false;
      }
    }
    ConfigDocument document = ConfigDocument.parse(found);
    return document.sections().isEmpty()
        && document.faultySections().isEmpty()
        && document.faults().isEmpty();
  }

  private static boolean isBeginning(byte[] found, byte[] text) {
    return found.length < text.length
        && Arrays.equals(found, 0, found.length, text, 0, found.length);
  }

  private static int missing(ConfigDocument before, ConfigDocument after) {
    int missing = 0;
    for (Map.Entry<DatastoreName, ConfigSection> section : before.sections().entrySet()) {
      ConfigSection still = after.sections().get(section.getKey());
      if (still == null || !still.fingerprint().equals(section.getValue().fingerprint())) {
        missing++;
      }
    }
    for (FaultySection section : before.faultySections()) {
      // A section that is good now was repaired by the truncation: its faulty line was the last of
      // the file.
      boolean there =
          after.sections().containsKey(section.name())
              || after.faultySections().stream().anyMatch(s -> s.name().equals(section.name()));
      missing += there ? 0 : 1;
    }
    return missing;
  }

  /** What happened and what to do, for the operator. */
  public String message(String configFile, String stateDirectory) {
    String lost =
        kind == Kind.EMPTY
            ? "%s no longer has a datastore (it had %d)".formatted(configFile, datastores)
            : "%s was cut: %d of its datastores are gone or not whole"
                .formatted(configFile, datastores);
    return ("%s. The last good configuration is served. Restore the file, or, if this is"
            + " intended, run: datastored accept --%s --config %s --state-dir %s")
        .formatted(lost, kind.word(), configFile, stateDirectory);
  }
}
