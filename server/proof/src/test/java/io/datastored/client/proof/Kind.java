package io.datastored.client.proof;

/** What a client does, and then what the operator does. */
enum Kind {
  /**
   * Answered from memory: {@code datastore operation generation}, {@code state} when it was the
   * same before and after. The time is that of a look at the clock before the question, {@code
   * until} that of one after the answer.
   */
  ANSWERED,
  /** Refused from memory: {@code datastore operation mode}. The time is as above. */
  REFUSED,
  /** A lease is held: {@code datastore operation token}. */
  HELD,
  /** A handle said that it is alive: {@code datastore operation}. The time is as above. */
  USE,
  /** A handle said that it is not: {@code datastore operation}. */
  LOST,
  /** Before a handle is closed: {@code datastore operation}. */
  CLOSED,
  /** A change was answered: {@code datastore generation}. */
  CHANGED,
  /** Before a mode is asked for: {@code datastore mode}. */
  MODE_BEGIN,
  /** It was answered: {@code datastore mode generation}. */
  MODE_SET,
  /** The answer to a drain was DRAINED: {@code datastore mode}. */
  DRAINED
}
