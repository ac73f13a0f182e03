package io.datastored.operation;

/** Blocking says whether a call may wait for a disk or another file system. Immutable. */
public enum Blocking {
  /** Its thread must not wait: it answers from memory, or not at all. */
  FORBIDDEN,
  /** Its thread may wait. */
  ALLOWED
}
