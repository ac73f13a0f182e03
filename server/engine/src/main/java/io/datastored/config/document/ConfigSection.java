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
 * <p>It does not contain its position in the file, so that it stays the same object when sections
 * before it are added or removed; {@link ConfigDocument#lineOf} has the position.
 */
public final class ConfigSection {

  private final DatastoreName name;
  private final DatastoreSettings settings;
  private final MaintenanceSetting maintenance;
  private final String text;
  private final int lineCount;
  private final ImmutableList<OddLine> oddLines;

  /** Computed on first use; two threads may both compute it, with equal results. */
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

  /** The id in the header. */
  public DatastoreName name() {
    return name;
  }

  /** The settings, without maintenance. */
  public DatastoreSettings settings() {
    return settings;
  }

  /** The maintenance setting. */
  public MaintenanceSetting maintenance() {
    return maintenance;
  }

  /** The lines of the section from the header on, as in the file, without the last line feed. */
  public String text() {
    return text;
  }

  /** The fingerprint, which changes exactly when settings or maintenance change. */
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
   * An odd line is a line that is preserved although it has no meaning in this version. Immutable.
   *
   * @param line from 0, the header
   */
  record OddLine(int line, String property, String message) {}
}
