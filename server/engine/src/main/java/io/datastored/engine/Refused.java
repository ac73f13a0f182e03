package io.datastored.engine;

import io.datastored.config.DatastoreName;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.DatastoreFault;
import io.datastored.engine.snapshot.Maintenance;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.history.Revision;
import io.datastored.operation.Operation;
import java.util.Optional;

/**
 * Refused is the answer of a lookup that was not granted. Immutable. Nothing is counted.
 *
 * @param reason why
 * @param name the requested datastore
 * @param operation the requested operation
 * @param revision the revision that was decided on
 * @param datastore the datastore, if there is one of that name
 * @param fault the fault of its section, if it has one
 * @param detail one sentence for display
 */
public record Refused(
    Reason reason,
    DatastoreName name,
    Operation operation,
    Revision revision,
    Optional<Datastore> datastore,
    Optional<DatastoreFault> fault,
    String detail)
    implements Lookup {

  /** Why a lookup is refused. */
  public enum Reason {
    /** There is no datastore of that name. */
    UNKNOWN_DATASTORE,
    /** Its maintenance mode refuses the operation. */
    UNDER_MAINTENANCE,
    /** Its device is not mounted. */
    NOT_MOUNTED,
    /** Its section is faulty and no good version has ever been seen. */
    CONFIG_INVALID,
    /**
     * The configuration could not be brought up to date, or the operation could not be counted
     * where other processes see it, or the engine is closed.
     */
    NOT_READY
  }

  @Override
  public Handle handle() {
    throw new RefusedException(this);
  }

  /** The refusal that a lookup would get, from a snapshot alone. */
  static Optional<Refused> verdict(Snapshot snapshot, DatastoreName name, Operation operation) {
    Datastore datastore = snapshot.get(name);
    if (datastore == null) {
      return Optional.of(unknown(snapshot, name, operation));
    }
    if (datastore.refuses(operation)) {
      return Optional.of(underMaintenance(snapshot, datastore, operation));
    }
    if (operation.counted() && !datastore.mountState().usable()) {
      return Optional.of(notMounted(snapshot, datastore, operation));
    }
    return Optional.empty();
  }

  public static Refused unknown(Snapshot snapshot, DatastoreName name, Operation operation) {
    Optional<DatastoreFault> fault = snapshot.fault(name);
    return fault.isPresent()
        ? new Refused(
            Reason.CONFIG_INVALID,
            name,
            operation,
            snapshot.revision(),
            Optional.empty(),
            fault,
            "the section of datastore '"
                + name
                + "' is faulty: line "
                + fault.get().where().line()
                + ": "
                + fault.get().where().message())
        : new Refused(
            Reason.UNKNOWN_DATASTORE,
            name,
            operation,
            snapshot.revision(),
            Optional.empty(),
            Optional.empty(),
            "no such datastore '" + name + "'");
  }

  /** The refusal by the mode, or by an edit that cannot be committed. */
  public static Refused underMaintenance(
      Snapshot snapshot, Datastore datastore, Operation operation) {
    if (!operation.refusedBy(datastore.maintenance().mode())) {
      return of(
          Reason.NOT_READY, snapshot, datastore, operation, datastore.closedBy().orElseThrow());
    }
    Maintenance maintenance = datastore.maintenance();
    String message = maintenance.message().map(text -> ": " + text).orElse("");
    return of(
        Reason.UNDER_MAINTENANCE,
        snapshot,
        datastore,
        operation,
        maintenance
                .asWritten()
                .map(
                    written ->
                        "datastore '%s' is closed: its maintenance mode '%s' cannot be read"
                            .formatted(datastore.name(), written))
                .orElseGet(
                    () ->
                        "datastore '%s' is in maintenance mode %s"
                            .formatted(datastore.name(), maintenance.mode().word()))
            + message);
  }

  public static Refused notMounted(Snapshot snapshot, Datastore datastore, Operation operation) {
    return of(
        Reason.NOT_MOUNTED,
        snapshot,
        datastore,
        operation,
        "datastore '" + datastore.name() + "' is not mounted");
  }

  public static Refused notReady(
      Snapshot snapshot, DatastoreName name, Operation operation, String detail) {
    return new Refused(
        Reason.NOT_READY,
        name,
        operation,
        snapshot.revision(),
        Optional.empty(),
        Optional.empty(),
        detail);
  }

  private static Refused of(
      Reason reason, Snapshot snapshot, Datastore datastore, Operation operation, String detail) {
    return new Refused(
        reason,
        datastore.name(),
        operation,
        snapshot.revision(),
        Optional.of(datastore),
        datastore.fault(),
        detail);
  }
}
