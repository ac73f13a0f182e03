package io.datastored.config.document;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.Fingerprint;
import io.datastored.config.MaintenanceSetting;
import org.jspecify.annotations.Nullable;

/**
 * A config section is one good section of a file: a datastore's settings and maintenance mode with
 * the text they were read from. Immutable.
 *
 * <p>It does not know where in the file it stands, so that it stays the same object while others
 * come and go before it; {@link ConfigDocument#lineOf} tells.
 */
public final class ConfigSection {

  private final DatastoreName name;
  private final DatastoreSettings settings;
  private final MaintenanceSetting maintenance;
  private final String text;
  private final int lineCount;
  private final ImmutableList<OddLine> oddLines;

  /** Made when first asked for; two threads may both make it, equal ones. */
  private volatile @Nullable Fingerprint fingerprint;

  ConfigSection(
      DatastoreName name,
      DatastoreSettings settings,
      MaintenanceSetting maintenance,
      String text,
      int lineCount,
      ImmutableList<OddLine> oddLines) {
    this.name = name;
    this.settings = settings;
    this.maintenance = maintenance;
    this.text = text;
    this.lineCount = lineCount;
    this.oddLines = oddLines;
  }

  /** Returns the id in the header. */
  public DatastoreName name() {
    return name;
  }

  /** Returns what the section says apart from maintenance. */
  public DatastoreSettings settings() {
    return settings;
  }

  /** Returns what the section says about maintenance. */
  public MaintenanceSetting maintenance() {
    return maintenance;
  }

  /**
   * Returns the lines of the section from the header on, as they are in the file, without the last
   * line feed.
   */
  public String text() {
    return text;
  }

  /** Returns what changes whenever settings or maintenance change, and with nothing else. */
  public Fingerprint fingerprint() {
    Fingerprint known = fingerprint;
    if (known == null) {
      known = Fingerprint.of(name, settings, maintenance);
      fingerprint = known;
    }
    return known;
  }

  int lineCount() {
    return lineCount;
  }

  ImmutableList<OddLine> oddLines() {
    return oddLines;
  }

  @Override
  public String toString() {
    return name + " (" + maintenance.mode().word() + ", " + settings.path() + ')';
  }

  /**
   * An odd line is a line that is kept though it says nothing to this version. Immutable.
   *
   * @param line from 0, the header
   */
  record OddLine(int line, String property, String message) {}
}
