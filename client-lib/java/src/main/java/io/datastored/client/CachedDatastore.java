package io.datastored.client;

import io.datastored.v1.Datastore;
import io.datastored.v1.MountState;
import io.datastored.v1.Revision;
import org.jspecify.annotations.Nullable;

/**
 * A cached datastore is a datastore as it was last heard of. Immutable. Its slots are the same for
 * all versions of it.
 */
final class CachedDatastore {

  private final Datastore datastore;
  private final LeaseSlot read;
  private final LeaseSlot write;
  private final boolean refusesLookup;
  private final boolean refusesRead;
  private final boolean refusesWrite;
  private final @Nullable Revision filled;

  /**
   * @param filled the revision of the answer that told it, when that was newer than the watch;
   *     null: as the watch told it
   */
  CachedDatastore(Datastore datastore, LeaseSlot read, LeaseSlot write, @Nullable Revision filled) {
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

  Datastore datastore() {
    return datastore;
  }

  @Nullable Revision filled() {
    return filled;
  }

  /** The same as told by the watch: it has reached what was filled in. */
  CachedDatastore reached() {
    return new CachedDatastore(datastore, read, write, null);
  }

  boolean refuses(Operation operation) {
    return switch (operation) {
      case LOOKUP -> refusesLookup;
      case READ -> refusesRead;
      case WRITE -> refusesWrite;
    };
  }

  /** The slot of an operation that is counted. */
  LeaseSlot slot(Operation operation) {
    return operation == Operation.WRITE ? write : read;
  }
}
