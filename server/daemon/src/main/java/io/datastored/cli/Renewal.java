package io.datastored.cli;

/**
 * A renewal is what came of one attempt to keep a lease. Immutable.
 *
 * @param why one sentence; empty when there is nothing to say
 */
record Renewal(Kind kind, String why) {

  /** What came of it. */
  enum Kind {
    /** The lease goes on. */
    HELD,
    /** It goes on, with a server that was started anew and had to be told of it. */
    RECLAIMED,
    /** Nobody answers: it goes on until its time is over. */
    UNANSWERED,
    /** The server has ended it. */
    ENDED
  }
}
