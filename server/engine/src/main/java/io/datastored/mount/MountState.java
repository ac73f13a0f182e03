package io.datastored.mount;

/** A mount state is whether the device of a datastore is mounted. Immutable. */
public enum MountState {
  /** The datastore has no backing device of its own. */
  NOT_REMOVABLE,
  /** The right device is mounted. */
  MOUNTED,
  /** No device, or another one, is mounted. */
  NOT_MOUNTED;

  /** Whether input and output on the datastore would reach its own device. */
  public boolean usable() {
    return this != NOT_MOUNTED;
  }
}
