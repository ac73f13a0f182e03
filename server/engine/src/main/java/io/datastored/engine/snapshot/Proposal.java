package io.datastored.engine.snapshot;

import io.datastored.config.DatastoreName;
import io.datastored.config.NameMap;
import io.datastored.file.Digest;
import io.datastored.history.AcceptedState;
import io.datastored.history.ProposedDatastore;
import io.datastored.history.StateTransition;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A proposal is the input to the next accepted state: what is served, the state of devices, and
 * what only the caller of an API knows. Immutable.
 *
 * @param served what is served
 * @param mounted whether the devices of removable datastores are present, for those that were
 *     checked
 * @param notes the caller's details of a mode
 */
public record Proposal(
    LastGood.Served served,
    Map<DatastoreName, Boolean> mounted,
    Map<DatastoreName, ModeAnnotations> notes) {

  /**
   * The maximum number of removed names that are remembered; a watcher that needs older ones gets
   * TOO_OLD.
   */
  private static final int REMEMBERED_REMOVALS = 10_000;

  /**
   * The state that follows {@code before} when the file has {@code digest}.
   *
   * @param accepted what was served when {@code before} was accepted; empty if unknown
   */
  public AcceptedState after(
      AcceptedState before, Optional<LastGood.Served> accepted, Digest digest, Instant now) {
    StateTransition succession = new StateTransition(before, now, REMEMBERED_REMOVALS);
    NameMap<ServedSection> sections = served.sections();
    if (accepted.isEmpty()
        || !sections.sharesNames(accepted.get().sections())
        || !sections.sharesNames(before.datastores())) {
      return succession.accept(digest, sections.mapped(this::observed));
    }
    Set<DatastoreName> names = new HashSet<>(sections.differences(accepted.get().sections()));
    names.addAll(mounted.keySet());
    names.addAll(notes.keySet());
    Map<DatastoreName, ProposedDatastore> some = new HashMap<>();
    for (DatastoreName name : names) {
      ServedSection section = sections.get(name);
      if (section != null) {
        some.put(name, observed(name, section));
      }
    }
    return succession.acceptSome(digest, some);
  }

  private ProposedDatastore observed(DatastoreName name, ServedSection section) {
    ModeAnnotations note = notes.getOrDefault(name, ModeAnnotations.NONE);
    boolean removable = section.settings().backingDevice().isPresent();
    return new ProposedDatastore(
        section.fingerprint(),
        section.setting(),
        note.expectedEnd(),
        note.setBy(),
        removable ? Optional.ofNullable(mounted.get(name)) : Optional.empty(),
        section.lastGoodText());
  }
}
