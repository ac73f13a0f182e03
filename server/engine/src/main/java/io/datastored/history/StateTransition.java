package io.datastored.history;

import com.google.common.collect.ImmutableMap;
import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceSetting;
import io.datastored.config.NameMap;
import io.datastored.file.Digest;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A state transition computes the accepted state that follows another. Immutable.
 *
 * <p>Generations are assigned only here. Only what differs from the previous state gets the new
 * generation: a change of one datastore does not affect the generation of the others. If nothing
 * that is served differs (only a comment in the file, or the order of sections), there is no new
 * generation, only a new digest.
 *
 * @param before the previous state
 * @param now the time at which new modes were first seen
 * @param rememberedRemovals the maximum number of removed names that are remembered
 */
public record StateTransition(AcceptedState before, Instant now, int rememberedRemovals) {

  /** The state in which {@code observed} is served, from a file with {@code digest}. */
  public AcceptedState accept(Digest digest, Map<DatastoreName, ProposedDatastore> observed) {
    Generation next = before.generation().next();
    boolean changed = before.generation().equals(Generation.NONE);
    NameMap<ProposedDatastore> all = NameMap.copyOf(observed);
    NameMap.Builder<AcceptedDatastore> datastores = NameMap.builder(all, all.size());
    int kept = 0;
    for (Map.Entry<DatastoreName, ProposedDatastore> entry : all.entrySet()) {
      Optional<AcceptedDatastore> old =
          Optional.ofNullable(before.datastores().get(entry.getKey()));
      AcceptedDatastore successor = accept(old, entry.getValue(), next);
      changed |= successor.generation().equals(next);
      kept += old.isPresent() ? 1 : 0;
      datastores.put(entry.getKey(), successor);
    }
    boolean removal = kept < before.datastores().size();
    Removals removals = removal || changed ? removals(all, next) : unchangedRemovals();
    return successor(digest, changed || removal, datastores.build(), removals);
  }

  /**
   * The state in which only {@code observed} differs from what was served before; the names stay
   * the same.
   *
   * @throws IllegalArgumentException when one of them is new
   */
  public AcceptedState acceptSome(Digest digest, Map<DatastoreName, ProposedDatastore> observed) {
    Generation next = before.generation().next();
    boolean changed = before.generation().equals(Generation.NONE);
    Map<DatastoreName, AcceptedDatastore> successors = new HashMap<>();
    for (Map.Entry<DatastoreName, ProposedDatastore> entry : observed.entrySet()) {
      Optional<AcceptedDatastore> old =
          Optional.ofNullable(before.datastores().get(entry.getKey()));
      AcceptedDatastore successor = accept(old, entry.getValue(), next);
      changed |= successor.generation().equals(next);
      successors.put(entry.getKey(), successor);
    }
    return successor(
        digest, changed, before.datastores().replacing(successors), unchangedRemovals());
  }

  private AcceptedState successor(
      Digest digest, boolean changed, NameMap<AcceptedDatastore> datastores, Removals removals) {
    return new AcceptedState(
        new Revision(
            before.revision().incarnation(),
            changed ? before.generation().next() : before.generation()),
        before.configFile(),
        digest.equals(before.digest()) ? before.text() : AcceptedText.of(digest),
        removals.floor(),
        datastores,
        removals.names());
  }

  private AcceptedDatastore accept(
      Optional<AcceptedDatastore> old, ProposedDatastore observed, Generation next) {
    ModeRecord memory = old.map(AcceptedDatastore::mode).orElse(ModeRecord.NEVER_SET);
    ModeRecord mode = mode(memory, observed, next);
    Optional<Boolean> mounted =
        observed.mounted().isPresent()
            ? observed.mounted()
            : old.flatMap(AcceptedDatastore::mounted);
    AcceptedDatastore successor =
        new AcceptedDatastore(
            old.map(AcceptedDatastore::generation).orElse(next),
            observed.fingerprint(),
            mode,
            mounted,
            observed.lastGood());
    boolean same =
        old.isPresent()
            && old.get().fingerprint().equals(successor.fingerprint())
            && memory.equals(mode)
            && old.get().mounted().equals(mounted);
    return same ? successor : successor.at(next);
  }

  private ModeRecord mode(ModeRecord memory, ProposedDatastore observed, Generation next) {
    boolean inService = observed.setting().equals(MaintenanceSetting.NONE);
    boolean sameSetting = memory.setting().equals(observed.setting());
    boolean sameEnd =
        inService
            || observed.expectedEnd().isEmpty()
            || observed.expectedEnd().equals(memory.expectedEnd());
    if (sameSetting && sameEnd) {
      return memory;
    }
    boolean sameMode = memory.setting().mode() == observed.setting().mode();
    Optional<Instant> since = sameMode ? memory.since() : Optional.of(now);
    return new ModeRecord(
        observed.setting(),
        next,
        inService ? Optional.empty() : since,
        inService ? Optional.empty() : observed.expectedEnd(),
        observed.setBy(),
        memory.asBefore());
  }

  private record Removals(Generation floor, ImmutableMap<DatastoreName, Generation> names) {}

  private Removals unchangedRemovals() {
    return new Removals(before.floor(), before.removed());
  }

  private Removals removals(Map<DatastoreName, ProposedDatastore> observed, Generation next) {
    ImmutableMap.Builder<DatastoreName, Generation> names = ImmutableMap.builder();
    int size = 0;
    for (Map.Entry<DatastoreName, Generation> entry : before.removed().entrySet()) {
      if (!observed.containsKey(entry.getKey())) {
        names.put(entry);
        size++;
      }
    }
    for (DatastoreName name : before.datastores().keySet()) {
      if (!observed.containsKey(name)) {
        names.put(name, next);
        size++;
      }
    }
    return trimmed(names.buildOrThrow(), size - rememberedRemovals);
  }

  /** Drops the {@code surplus} oldest removals, and raises the floor accordingly. */
  private Removals trimmed(ImmutableMap<DatastoreName, Generation> names, int surplus) {
    if (surplus <= 0) {
      return new Removals(before.floor(), names);
    }
    // All removals of one generation are dropped together: the floor is a generation.
    Generation floor = names.values().asList().get(surplus - 1);
    ImmutableMap.Builder<DatastoreName, Generation> kept = ImmutableMap.builder();
    names.forEach(
        (name, generation) -> {
          if (generation.isAfter(floor)) {
            kept.put(name, generation);
          }
        });
    return new Removals(floor, kept.buildOrThrow());
  }
}
