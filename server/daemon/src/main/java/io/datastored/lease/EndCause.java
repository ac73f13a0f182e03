package io.datastored.lease;

/** An end cause says why a lease that a client believes in is not there. Immutable. */
public enum EndCause {
  /** Its ttl ran out, or its session's. */
  EXPIRED("expired", EndCause.RELEASE),
  /** An operator ended it, because its datastore was to be drained. */
  FORCED("forced", EndCause.RELEASE),
  /** This server does not know it: released, never granted, or forgotten after its end. */
  NOT_KNOWN("not-known", EndCause.NEW_ID),
  /** It is of an earlier start of the server, and what it permitted was drained since. */
  DRAINED("drained", EndCause.NEW_ID),
  /** It is of an earlier start of the server, and its datastore is not configured any more. */
  DATASTORE_GONE("datastore-gone", EndCause.NEW_ID),
  /**
   * Its id has been granted again, with another fencing token: to release it would end that lease.
   */
  GRANTED_AGAIN("granted-again", "its id is that of a later lease now; use a new id");

  private static final String RELEASE = "release it and use a new id";
  private static final String NEW_ID = "use a new id";

  private final String word;
  private final String advice;

  EndCause(String word, String advice) {
    this.word = word;
    this.advice = advice;
  }

  /** As told to clients. */
  public String word() {
    return word;
  }

  /** What its holder is to do, half a sentence. */
  public String advice() {
    return advice;
  }
}
