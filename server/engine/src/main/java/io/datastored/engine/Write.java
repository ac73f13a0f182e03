package io.datastored.engine;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.config.PropertyFault;
import io.datastored.config.document.ConfigDocument;
import io.datastored.config.document.ConfigFault;
import io.datastored.config.document.FaultySection;
import io.datastored.config.document.Limits;
import io.datastored.engine.WriteOutcome.Rejected;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.DatastoreFault;
import io.datastored.engine.snapshot.Etag;
import io.datastored.engine.snapshot.ModeAnnotations;
import io.datastored.engine.snapshot.Snapshot;
import java.util.Map;
import java.util.Optional;

/**
 * A write is a request to create, change or remove a section. Immutable; it only decides, and
 * {@link Committer} carries the decision out.
 */
interface Write {

  /** The datastore to be written. */
  DatastoreName name();

  /**
   * Decides whether and how to change the configuration.
   *
   * @param snapshot the current snapshot, up to date
   * @param document its configuration
   */
  Decision decide(Snapshot snapshot, ConfigDocument document);

  /**
   * Whether, made on this snapshot, it lets nothing begin that is refused now, and changes no
   * setting.
   */
  default boolean onlyRefusesMore(Snapshot snapshot) {
    return false;
  }

  /** The decision to change to {@code next}, or a refusal if the result would be faulty. */
  public static Decision change(
      Snapshot snapshot,
      DatastoreName name,
      ConfigDocument next,
      Map<DatastoreName, ModeAnnotations> notes) {
    // The output is parsed like any other text: a section that would be faulty is not written.
    Optional<FaultySection> faulty =
        next.faultySections().stream().filter(section -> section.name().equals(name)).findFirst();
    if (faulty.isPresent() || !next.sections().containsKey(name)) {
      return invalid(snapshot, name, faulty.map(FaultySection::faults).orElse(ImmutableList.of()));
    }
    if (next.toBytes().length > Limits.FILE_BYTES) {
      return refused(
          Rejected.Reason.CONFIG_INVALID,
          snapshot,
          name,
          "the configuration would have more than %d bytes, the maximum"
              .formatted(Limits.FILE_BYTES));
    }
    return new Decision.Change(next, notes, Decision.Guard.NONE);
  }

  private static Decision invalid(
      Snapshot snapshot, DatastoreName name, ImmutableList<ConfigFault> faults) {
    ImmutableList<PropertyFault> properties =
        faults.stream()
            .map(fault -> new PropertyFault(fault.property(), fault.message()))
            .collect(ImmutableList.toImmutableList());
    return invalid(
        snapshot,
        name,
        properties,
        properties.isEmpty()
            ? "the section of datastore '" + name + "' would not be readable"
            : properties.get(0).message());
  }

  /** Refuses faulty settings. */
  static Decision invalid(
      Snapshot snapshot, DatastoreName name, ImmutableList<PropertyFault> faults, String detail) {
    return new Decision.Answer(
        new Rejected(
            Rejected.Reason.CONFIG_INVALID,
            name,
            snapshot.revision(),
            snapshot.find(name),
            faults,
            detail));
  }

  /** A refusal that is not caused by a property. */
  static Decision refused(
      Rejected.Reason reason, Snapshot snapshot, DatastoreName name, String detail) {
    return new Decision.Answer(rejected(reason, snapshot, name, detail));
  }

  /** A rejection that is not caused by a property. */
  static Rejected rejected(
      Rejected.Reason reason, Snapshot snapshot, DatastoreName name, String detail) {
    return new Rejected(
        reason, name, snapshot.revision(), snapshot.find(name), ImmutableList.of(), detail);
  }

  /**
   * Why a datastore cannot be changed through the API at all: it does not exist, its section must
   * be corrected in the file first, or its etag is not the one that the caller read.
   */
  static Optional<Decision> refusal(
      Snapshot snapshot, DatastoreName name, Optional<Etag> expected) {
    Optional<DatastoreFault> fault = snapshot.fault(name);
    if (fault.isPresent()) {
      return Optional.of(
          invalid(
              snapshot,
              name,
              ImmutableList.of(
                  new PropertyFault(fault.get().where().property(), fault.get().where().message())),
              "the section of datastore '"
                  + name
                  + "' is faulty and must be repaired in the file first: line "
                  + fault.get().where().line()
                  + ": "
                  + fault.get().where().message()));
    }
    Optional<Datastore> present = snapshot.find(name);
    if (present.isEmpty()) {
      return Optional.of(
          refused(
              Rejected.Reason.UNKNOWN_DATASTORE,
              snapshot,
              name,
              "no such datastore '" + name + "'"));
    }
    if (expected.isPresent() && !expected.get().equals(present.get().etag())) {
      return Optional.of(
          refused(
              Rejected.Reason.ETAG_MISMATCH,
              snapshot,
              name,
              "datastore '" + name + "' has changed: read it again, then retry"));
    }
    return Optional.empty();
  }
}
