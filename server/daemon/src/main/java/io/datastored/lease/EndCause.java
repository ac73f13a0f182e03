package io.datastored.lease;

/** An end cause says why a lease that a client believes in is not there. Immutable. */
public enum EndCause {
  /** Its ttl ran out, or its session's. */
  EXPIRED("expired"),
  /** An operator ended it, because its datastore was to be drained. */
  FORCED("forced"),
  /** This server does not know it: released, never granted, or forgotten after its end. */
  NOT_KNOWN("not-known"),
  /** It is of an earlier start of the server, and what it permitted was drained since. */
  DRAINED("drained"),
  /** It is of an earlier start of the server, and its datastore is not configured any more. */
  DATASTORE_GONE("datastore-gone"),
  /** Its id has been granted again, with another fencing token. */
  GRANTED_AGAIN("granted-again");

  private final String word;

  EndCause(String word) {
    this.word = word;
  }

  /** As told to clients. */
  public String word() {
    return word;
  }
}
