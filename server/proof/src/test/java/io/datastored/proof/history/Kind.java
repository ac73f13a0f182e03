package io.datastored.proof.history;

/**
 * What a line of a history says, with its fields; those in brackets may be missing. An {@code id}
 * is unique in the whole history; the line that ends something has the id of the line that begins
 * it.
 *
 * <p>Where a time is said to be a span, the time of the line is that of a look at the clock before,
 * and the field {@code ended} that of one after.
 */
public enum Kind {
  /**
   * Before a lookup is sent: {@code id datastore operation [current]}. {@code current=1} says that
   * the answer must not be older than any answer that anybody had before: one server, or {@code
   * at_least} with the highest revision that anybody was told.
   */
  LOOKUP_BEGIN,
  /**
   * After its answer: {@code id [mode content generation replica]}; of a lease also {@code until
   * token [lease]}. {@code cached=1} when no server was asked. {@code alive=1} of a handle that
   * says by itself whether it is valid: then it is held from here until its last {@code use}.
   */
  GRANTED,
  /** {@code id reason mode generation [replica]}; {@code cached=1} when no server was asked. */
  REFUSED,
  /** No answer came in time, or one that was not taken: {@code id}. Nothing was begun. */
  UNANSWERED,
  /**
   * Answered from memory, as a span: {@code datastore operation generation [state]}. {@code state}
   * is that of the client when it was the same before and after.
   */
  HIT,
  /** Refused from memory, as a span: {@code datastore operation mode}. */
  HIT_REFUSED,

  /** The holder may go on for longer: {@code id until}. */
  UNTIL,
  /** It was used, or said that it is alive, as a span: {@code id}. */
  USE,
  /** Before it is given back: {@code id}. Nothing is used from here on. */
  RELEASE_BEGIN,
  /** {@code id}. */
  RELEASED,
  /** The holder was told, or found by its own clock, that it is over: {@code id [cause]}. */
  LOST,
  /** What a worker saw that must not be: {@code id what}. */
  COMPLAINT,

  /**
   * Before a write is sent: {@code id datastore}, and {@code mode} of SetMaintenanceMode or {@code
   * content} of UpdateDatastore, which no two writes of a datastore share.
   */
  WRITE_BEGIN,
  /** It was done: {@code id generation}, which is that of the datastore. */
  WRITE_DONE,
  /** It was answered that nothing was changed: {@code id reason}. */
  WRITE_REFUSED,
  /** Whether it was done is not known, now or ever: {@code id [reason]}. */
  WRITE_UNKNOWN,

  /** Before a drain is asked for: {@code id datastore}. */
  DRAIN_BEGIN,
  /** The answer was DRAINED: {@code id mode}. */
  DRAINED,
  /** The drain ended otherwise: {@code id state}. */
  DRAIN_ENDED,

  /**
   * A frame of a watch was applied: {@code revision frame digest [generations scope]}. The revision
   * is {@code INCARNATION:GENERATION}, the frame {@code snapshot}, {@code change} or {@code
   * bookmark}, the digest that of all datastores after it ({@link Digest}), the scope what the
   * watch selects, {@code all} when it is missing.
   */
  DELIVERED,
  /** A datastore as a client has it: {@code datastore generation [mode content]}. */
  SEEN,

  /** Before a process is killed: {@code worker}. */
  KILL,
  /** From here on nobody disturbs and nobody writes. */
  REST,
  /**
   * What a replica reports: {@code datastore read write leases [replica]}; {@code last=1}: final.
   */
  COUNTS,
  /**
   * What a replica or client has, as often as it is asked, under its name whoever writes it: {@code
   * revision digest}; of a replica also {@code life lives work}: its life, all lives with commas
   * between them, keys of work.
   */
  STATE
}
