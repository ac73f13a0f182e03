package io.datastored.operation;

/** Blocking is whether a call may wait for a disk or another file system. Immutable. */
public enum Blocking {
  /** The thread must not wait: the call answers from memory, or not at all. */
  FORBIDDEN,
  /** The thread may wait. */
  ALLOWED
}
