package io.datastored.engine.snapshot;

import io.datastored.config.MaintenanceMode;
import io.datastored.history.Generation;
import io.datastored.history.ModeRecord;
import java.time.Instant;
import java.util.Optional;

/**
 * Maintenance is the maintenance mode of one datastore and its details. Immutable.
 *
 * @param mode what the datastore refuses
 * @param message the operator's message, at most 64 characters
 * @param since when the mode was first seen, by the wall clock, for display; empty in mode NONE
 * @param expectedEnd when the operator expects to be done, as given by the caller
 * @param setBy who set the mode, as given by the caller; empty if it came from an edit of the file
 * @param asWritten the mode as spelled in the file, if it cannot be read; {@code mode} closes the
 *     datastore then
 * @param generation in which the mode was set; a mode that was cleared and set again is a different
 *     one. NONE in mode NONE
 */
public record Maintenance(
    MaintenanceMode mode,
    Optional<String> message,
    Optional<Instant> since,
    Optional<Instant> expectedEnd,
    Optional<String> setBy,
    Optional<String> asWritten,
    Generation generation) {

  /** In service. */
  public static final Maintenance NONE =
      new Maintenance(
          MaintenanceMode.NONE,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Generation.NONE);

  static Maintenance of(ModeRecord memory) {
    return of(memory, Optional.empty());
  }

  /**
   * The maintenance of a mode in the file. The record of a previous mode does not apply to one that
   * cannot be read.
   */
  static Maintenance of(ModeRecord memory, Optional<String> asWritten) {
    return memory.setting().mode() == MaintenanceMode.NONE
        ? NONE
        : new Maintenance(
            memory.setting().mode(),
            memory.setting().message(),
            memory.since(),
            memory.expectedEnd().filter(end -> asWritten.isEmpty()),
            memory.setBy().filter(by -> asWritten.isEmpty()),
            asWritten,
            memory.generation());
  }

  /** Whether it was expected to end before this moment; false if nothing was expected. */
  public boolean isOverdue(Instant now) {
    return expectedEnd.filter(end -> end.isBefore(now)).isPresent();
  }

  /** The mode in one word, for display. */
  public String word() {
    return word(mode, asWritten);
  }

  /** The word for a mode that is given in parts. */
  public static String word(MaintenanceMode mode, Optional<String> asWritten) {
    return asWritten.map(written -> "unreadable '" + written + "'").orElse(mode.word());
  }

  /** The maintenance that the present one replaced. */
  public static Maintenance before(ModeRecord memory) {
    return memory.before().map(Maintenance::of).orElse(NONE);
  }
}
