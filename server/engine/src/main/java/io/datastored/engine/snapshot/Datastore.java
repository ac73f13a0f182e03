package io.datastored.engine.snapshot;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import io.datastored.config.DatastoreName;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.MaintenanceMode;
import io.datastored.history.AcceptedDatastore;
import io.datastored.history.Generation;
import io.datastored.mount.MountState;
import io.datastored.operation.Operation;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A datastore is a named section of the configuration and the state of its device, at one
 * generation. Immutable; the runtime that it points to is shared by all versions of the datastore
 * with the same base path.
 */
public final class Datastore {

  private final DatastoreName name;
  private final AcceptedDatastore accepted;
  private final ServedSection served;
  private final Maintenance maintenance;
  private final Etag etag;
  private final DatastoreRuntime runtime;

  /**
   * The refused operations, computed once because every lookup reads them: a bit for each, by its
   * ordinal.
   */
  private final int refused;

  private final boolean removable;

  /** Why more is refused than by the mode; empty if it is not. */
  private final Optional<String> closedBy;

  public Datastore(
      DatastoreName name,
      AcceptedDatastore accepted,
      ServedSection served,
      DatastoreRuntime runtime) {
    this(name, accepted, served, runtime, 0, Optional.empty());
  }

  private Datastore(
      DatastoreName name,
      AcceptedDatastore accepted,
      ServedSection served,
      DatastoreRuntime runtime,
      int refusedBesides,
      Optional<String> closedBy) {
    this.name = name;
    this.accepted = accepted;
    this.served = served;
    this.maintenance = Maintenance.of(accepted.mode(), served.modeAsWritten());
    this.etag = etag(accepted);
    this.runtime = runtime;
    this.refused = refused(maintenance.mode()) | refusedBesides;
    this.closedBy = closedBy;
    this.removable = served.settings().backingDevice().isPresent();
  }

  /**
   * This datastore while there is an edit that cannot be committed.
   *
   * @param edited the mode that the edit sets
   * @param why one sentence for display
   */
  public Datastore closedFor(MaintenanceMode edited, String why) {
    int besides = refused(edited);
    return (refused | besides) == refused
        ? this
        : new Datastore(name, accepted, served, runtime, besides, Optional.of(why));
  }

  private static int refused(MaintenanceMode mode) {
    int bits = 0;
    for (Operation operation : Operation.values()) {
      if (operation.refusedBy(mode)) {
        bits |= 1 << operation.ordinal();
      }
    }
    return bits;
  }

  /**
   * The generation of the mode is part of the etag: a mode that was cleared and set again is a
   * different one, and an abort that is conditional on the etag must not undo it.
   */
  private static Etag etag(AcceptedDatastore accepted) {
    Hasher hasher = Hashing.murmur3_128().newHasher();
    hasher.putLong(accepted.fingerprint().high()).putLong(accepted.fingerprint().low());
    hasher.putLong(accepted.mode().generation().value());
    accepted.mode().expectedEnd().ifPresent(end -> hasher.putLong(end.toEpochMilli()));
    return new Etag(hasher.hash().toString());
  }

  /** This datastore for operations on a base path that it has left. */
  public Datastore on(DatastoreRuntime left) {
    return new Datastore(name, accepted, served, left);
  }

  /** The name of the section. */
  public DatastoreName name() {
    return name;
  }

  /** The generation of this datastore's last change. */
  public Generation generation() {
    return accepted.generation();
  }

  /** The etag, which changes whenever the settings or the maintenance change. */
  public Etag etag() {
    return etag;
  }

  /** The settings of the section. */
  public DatastoreSettings settings() {
    return served.settings();
  }

  /** The maintenance mode and its details. */
  public Maintenance maintenance() {
    return maintenance;
  }

  /** The fault because of which something other than the section in the file is served. */
  public Optional<DatastoreFault> fault() {
    return served.fault();
  }

  /** Whether the device was present at the last check; a lookup checks again. */
  public MountState mountState() {
    if (backingDevice().isEmpty()) {
      return MountState.NOT_REMOVABLE;
    }
    return accepted.mounted().orElse(false) ? MountState.MOUNTED : MountState.NOT_MOUNTED;
  }

  /** The file system that carries a removable datastore. */
  public Optional<String> backingDevice() {
    return settings().backingDevice();
  }

  /**
   * The base directory on this host. If the configured path cannot be encoded in the locale of this
   * process, a path that cannot exist.
   */
  public Path basePath() {
    return runtime.basePath();
  }

  /** Why an operation is refused although the mode permits it. */
  public Optional<String> closedBy() {
    return closedBy;
  }

  /** Whether the mode, or an edit that cannot be committed, refuses this operation. */
  public boolean refuses(Operation operation) {
    return (refused >>> operation.ordinal() & 1) != 0;
  }

  /** Whether a lookup must check the device. */
  public boolean removable() {
    return removable;
  }

  public AcceptedDatastore accepted() {
    return accepted;
  }

  public ServedSection served() {
    return served;
  }

  public DatastoreRuntime runtime() {
    return runtime;
  }

  @Override
  public String toString() {
    return name + "@" + generation() + " " + maintenance.word();
  }
}
