package io.datastored.lease;

/**
 * A wheel entry is an object that an {@link ExpiryWheel} holds. Thread-safe; equality is identity.
 */
interface WheelEntry {

  /** When the next thing happens to it. */
  long due();

  /** The tick of the wheel under which it is filed. */
  long filedAt();

  void filedAt(long tick);
}
