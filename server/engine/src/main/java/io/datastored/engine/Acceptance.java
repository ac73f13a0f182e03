package io.datastored.engine;

import io.datastored.config.DatastoreName;
import io.datastored.config.Digest;
import io.datastored.generation.AcceptedState;
import io.datastored.generation.Observed;
import io.datastored.generation.Succession;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * An acceptance puts together what is to be accepted next: what is served, what is known of
 * devices, and what only the caller of an API knows. Immutable.
 *
 * @param served what is served
 * @param mounted whether the devices of removable datastores are there, where that was looked at
 * @param notes what the caller tells of a mode
 */
record Acceptance(
    LastGood.Served served,
    Map<DatastoreName, Boolean> mounted,
    Map<DatastoreName, ModeNote> notes) {

  /** How many removed names are remembered at most; older ones answer a watcher with TOO_OLD. */
  private static final int REMEMBERED_REMOVALS = 10_000;

  /** The state that follows {@code before} when the file has {@code digest}. */
  AcceptedState after(AcceptedState before, Digest digest, Instant now) {
    Map<DatastoreName, Observed> observed =
        new LinkedHashMap<>(served.sections().size() * 4 / 3 + 1);
    served.sections().forEach((name, section) -> observed.put(name, observed(name, section)));
    return new Succession(before, now, REMEMBERED_REMOVALS).accept(digest, observed);
  }

  private Observed observed(DatastoreName name, ServedSection section) {
    ModeNote note = notes.getOrDefault(name, ModeNote.NONE);
    boolean removable = section.settings().backingDevice().isPresent();
    return new Observed(
        section.fingerprint(),
        section.setting(),
        note.expectedEnd(),
        note.setBy(),
        removable ? Optional.ofNullable(mounted.get(name)) : Optional.empty(),
        section.lastGoodText());
  }
}
