package io.datastored.proof;

/** What a worker does, and then what the one who sets modes does. */
enum Kind {
  /** Before a lookup is sent: {@code id datastore operation}. */
  LOOKUP_BEGIN,
  /**
   * After its answer: {@code id}, of a lease also {@code until token}; {@code cached} when no
   * server was asked.
   */
  GRANTED,
  /** The holder may go on for longer: {@code id until}. */
  UNTIL,
  /** {@code id reason mode generation}; {@code cached} when no server was asked. */
  REFUSED,
  /** No answer came in time: {@code id}. Nothing was begun. */
  UNANSWERED,
  /** {@code id}; the time is that of the look at the clock before. */
  USE,
  /** Before the release is sent: {@code id}. Nothing is used from here on. */
  RELEASE_BEGIN,
  /** {@code id}. */
  RELEASED,
  /** The holder was told, or found by its own clock, that it is over: {@code id cause}. */
  LOST,
  /** What a worker saw that must not be: {@code id what}. */
  COMPLAINT,
  /** Before a mode is asked for: {@code datastore mode}. */
  MODE_BEGIN,
  /** It was answered: {@code datastore mode generation}. */
  MODE_SET,
  /** Whether it was set is not known: {@code datastore mode}. */
  MODE_UNANSWERED,
  /** Before a drain is asked for: {@code datastore}. */
  DRAIN_BEGIN,
  /** The answer was DRAINED: {@code datastore mode}. */
  DRAINED,
  /** The drain ended otherwise: {@code datastore state}. */
  DRAIN_ENDED,
  /** Before a process is killed: {@code worker}. */
  KILL,
  /** What Status said: {@code datastore read write leases}; {@code last} when all must be 0. */
  COUNTS
}
