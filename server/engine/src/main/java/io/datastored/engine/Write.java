package io.datastored.engine;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.config.PropertyFault;
import io.datastored.config.document.ConfigDocument;
import io.datastored.config.document.ConfigFault;
import io.datastored.config.document.FaultySection;
import io.datastored.config.document.Limits;
import io.datastored.engine.WriteOutcome.Rejected;
import io.datastored.file.StoreException;
import java.util.Map;
import java.util.Optional;

/**
 * A write decides, on a snapshot that is up to date and cannot change under it, whether and how to
 * change the configuration. Run by {@link Committer#write} only.
 */
interface Write {

  /** What it is meant to do. */
  Engine.Intent intent();

  /** Decides and, if so decided, saves. */
  WriteOutcome run(Turn turn) throws StoreException, EditedMeanwhileException, WithdrawnException;

  /** Saves {@code next}, or only looks, and answers with what it makes of {@code name}. */
  static WriteOutcome finish(
      Turn turn,
      DatastoreName name,
      ConfigDocument next,
      Map<DatastoreName, ModeAnnotations> notes,
      Engine.Intent intent)
      throws StoreException, EditedMeanwhileException, WithdrawnException {
    Snapshot before = turn.current();
    Maintenance previous = before.find(name).map(Datastore::maintenance).orElse(Maintenance.NONE);
    // The writer's output is read like any other: a section that would be faulty is not written.
    Optional<FaultySection> faulty =
        next.faultySections().stream().filter(section -> section.name().equals(name)).findFirst();
    if (faulty.isPresent() || !next.sections().containsKey(name)) {
      return invalid(before, name, faulty.map(FaultySection::faults).orElse(ImmutableList.of()));
    }
    if (next.toBytes().length > Limits.FILE_BYTES) {
      return rejected(
          Rejected.Reason.CONFIG_INVALID,
          before,
          name,
          "the configuration would have more than %d bytes, the most that is read"
              .formatted(Limits.FILE_BYTES));
    }
    if (intent.commits()) {
      turn.save(next, notes, intent);
      Snapshot after = turn.current();
      return new WriteOutcome.Written(after.find(name).orElseThrow(), after.revision(), previous);
    }
    return new WriteOutcome.Written(
        turn.preview(next, notes).after().find(name).orElseThrow(), before.revision(), previous);
  }

  private static WriteOutcome invalid(
      Snapshot snapshot, DatastoreName name, ImmutableList<ConfigFault> faults) {
    ImmutableList<PropertyFault> properties =
        faults.stream()
            .map(fault -> new PropertyFault(fault.property(), fault.message()))
            .collect(ImmutableList.toImmutableList());
    return rejected(
        Rejected.Reason.CONFIG_INVALID,
        snapshot,
        name,
        properties,
        properties.isEmpty()
            ? "the section of datastore '" + name + "' would not be readable"
            : properties.get(0).message());
  }

  /** A rejection for which no property is to blame. */
  static Rejected rejected(
      Rejected.Reason reason, Snapshot snapshot, DatastoreName name, String detail) {
    return rejected(reason, snapshot, name, ImmutableList.of(), detail);
  }

  /** A rejection of {@code name} as {@code snapshot} has it. */
  static Rejected rejected(
      Rejected.Reason reason,
      Snapshot snapshot,
      DatastoreName name,
      ImmutableList<PropertyFault> faults,
      String detail) {
    return new Rejected(reason, name, snapshot.revision(), snapshot.find(name), faults, detail);
  }

  /**
   * Why an existing datastore cannot be changed through the API at all: it is not there, its
   * section must be mended in the file first, or it is not the one that the caller read.
   */
  static Optional<Rejected> refusal(
      Snapshot snapshot, DatastoreName name, Optional<Etag> expected) {
    Optional<DatastoreFault> fault = snapshot.fault(name);
    if (fault.isPresent()) {
      return Optional.of(
          rejected(
              Rejected.Reason.CONFIG_INVALID,
              snapshot,
              name,
              ImmutableList.of(
                  new PropertyFault(fault.get().where().property(), fault.get().where().message())),
              "the section of datastore '"
                  + name
                  + "' is faulty and must be mended in the file first: line "
                  + fault.get().where().line()
                  + ": "
                  + fault.get().where().message()));
    }
    Optional<Datastore> present = snapshot.find(name);
    if (present.isEmpty()) {
      return Optional.of(
          rejected(
              Rejected.Reason.UNKNOWN_DATASTORE,
              snapshot,
              name,
              "no such datastore '" + name + "'"));
    }
    if (expected.isPresent() && !expected.get().equals(present.get().etag())) {
      return Optional.of(
          rejected(
              Rejected.Reason.ETAG_MISMATCH,
              snapshot,
              name,
              "datastore '" + name + "' has changed: read it again, then retry"));
    }
    return Optional.empty();
  }
}
