package io.datastored.client.internal.cache;

import io.datastored.client.Operation;
import io.datastored.v1.Datastore;
import io.datastored.v1.MountState;
import io.datastored.v1.Revision;
import org.jspecify.annotations.Nullable;

/**
 * A cached datastore is the last known state of a datastore. Immutable. All versions of a datastore
 * share its slots.
 */
public final class CachedDatastore {

  private final Datastore datastore;
  private final LeaseSlot read;
  private final LeaseSlot write;
  private final boolean refusesLookup;
  private final boolean refusesRead;
  private final boolean refusesWrite;
  private final @Nullable Revision filled;

  /**
   * @param filled the revision of the answer that this state came from, if it was newer than the
   *     watch; null: the state came from the watch
   */
  public CachedDatastore(
      Datastore datastore, LeaseSlot read, LeaseSlot write, @Nullable Revision filled) {
    this.datastore = datastore;
    this.read = read;
    this.write = write;
    this.filled = filled;
    boolean absent = datastore.getMountState() == MountState.MOUNT_STATE_NOT_MOUNTED;
    var mode = datastore.getMaintenance().getMode();
    this.refusesLookup = Operation.LOOKUP.refusedBy(mode);
    this.refusesRead = absent || Operation.READ.refusedBy(mode);
    this.refusesWrite = absent || Operation.WRITE.refusedBy(mode);
  }

  public Datastore datastore() {
    return datastore;
  }

  public @Nullable Revision filled() {
    return filled;
  }

  /** The same state, now confirmed by the watch, which has reached the revision of the answer. */
  public CachedDatastore reached() {
    return new CachedDatastore(datastore, read, write, null);
  }

  public boolean refuses(Operation operation) {
    return switch (operation) {
      case LOOKUP -> refusesLookup;
      case READ -> refusesRead;
      case WRITE -> refusesWrite;
    };
  }

  /** The slot of a counted operation. */
  LeaseSlot slot(Operation operation) {
    return operation == Operation.WRITE ? write : read;
  }
}
