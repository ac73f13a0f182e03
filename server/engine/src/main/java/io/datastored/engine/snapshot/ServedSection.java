package io.datastored.engine.snapshot;

import io.datastored.config.DatastoreName;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.Fingerprint;
import io.datastored.config.MaintenanceSetting;
import io.datastored.config.document.ConfigSection;
import java.util.Optional;

/**
 * A served section is what is served under a name: the section in the file, or, if that is faulty,
 * what {@link LastGood} chose instead. Immutable.
 *
 * @param settings what is served
 * @param setting the maintenance mode that is served
 * @param modeAsWritten the mode in the file, if it cannot be read and another one is served
 * @param fingerprint of all three
 * @param fault why something other than the section in the file is served
 * @param good the last good version of the section
 */
public record ServedSection(
    DatastoreSettings settings,
    MaintenanceSetting setting,
    Optional<String> modeAsWritten,
    Fingerprint fingerprint,
    Optional<DatastoreFault> fault,
    Optional<ConfigSection> good) {

  /** A good section, served as it is in the file. */
  public static ServedSection good(ConfigSection section) {
    return new ServedSection(
        section.settings(),
        section.maintenance(),
        Optional.empty(),
        section.fingerprint(),
        Optional.empty(),
        Optional.of(section));
  }

  /** A section that is served because the one in the file is faulty. */
  static ServedSection insteadOf(
      DatastoreName name,
      DatastoreSettings settings,
      MaintenanceSetting setting,
      Optional<String> modeAsWritten,
      DatastoreFault fault,
      Optional<ConfigSection> good) {
    Fingerprint readable = Fingerprint.of(name, settings, setting);
    return new ServedSection(
        settings,
        setting,
        modeAsWritten,
        modeAsWritten.map(readable::with).orElse(readable),
        Optional.of(fault),
        good);
  }

  /** The text to remember, if the file does not contain it. */
  Optional<String> lastGoodText() {
    return fault.isPresent() ? good.map(ConfigSection::text) : Optional.empty();
  }
}
