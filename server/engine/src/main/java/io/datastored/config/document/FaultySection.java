package io.datastored.config.document;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.MaintenanceSetting;
import java.util.Optional;

/**
 * A faulty section is a section with an id that cannot be served as written. Immutable.
 *
 * <p>Its last good version may be served instead, with one exception: a readable mode in the faulty
 * text is obeyed, and an unreadable mode closes the datastore. If there is also a good section with
 * the same name, that one is used: this one is a repetition or of an unknown type.
 *
 * @param name the id in the header
 * @param line the line of the header, from 1
 * @param faults at least one
 * @param modeLine whether there is a maintenance mode and whether it could be read
 * @param maintenance the mode to obey; NONE when the line is absent, at least OFFLINE when
 *     unreadable
 * @param modeAsWritten the mode as written in the file, if it is not the one to obey
 * @param settings the settings, only if everything except the mode could be read
 * @param text the lines of the section, without the last line feed
 */
public record FaultySection(
    DatastoreName name,
    int line,
    ImmutableList<ConfigFault> faults,
    ModeLine modeLine,
    MaintenanceSetting maintenance,
    Optional<String> modeAsWritten,
    Optional<DatastoreSettings> settings,
    String text) {

  /** Whether the section has a line {@code maintenance-mode}. */
  public enum ModeLine {
    /** There is no such line. */
    ABSENT,
    /** There is one, and its mode is known. */
    READ,
    /** There is one, and its mode is unknown: the datastore is closed. */
    UNREADABLE
  }

  static FaultySection repeating(ConfigSection section, int line, ConfigFault fault) {
    MaintenanceSetting maintenance = section.maintenance();
    return new FaultySection(
        section.name(),
        line,
        ImmutableList.of(fault),
        maintenance.equals(MaintenanceSetting.NONE) ? ModeLine.ABSENT : ModeLine.READ,
        maintenance,
        Optional.empty(),
        Optional.empty(),
        section.text());
  }

  FaultySection withFault(ConfigFault fault) {
    return new FaultySection(
        name,
        line,
        ImmutableList.<ConfigFault>builder().addAll(faults).add(fault).build(),
        modeLine,
        maintenance,
        modeAsWritten,
        Optional.empty(),
        text);
  }
}
