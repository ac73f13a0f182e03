package io.datastored.lease;

/**
 * An end cause is the reason why a lease that a client believes it holds does not exist. Immutable.
 */
public enum EndCause {
  /** Its ttl, or that of its session, expired. */
  EXPIRED("expired", EndCause.RELEASE),
  /** An operator ended it to drain its datastore. */
  FORCED("forced", EndCause.RELEASE),
  /** This server does not know it: released, never granted, or forgotten after its end. */
  NOT_KNOWN("not-known", EndCause.NEW_ID),
  /** It was granted by an earlier run of the server, and its operation was drained since. */
  DRAINED("drained", EndCause.NEW_ID),
  /** It was granted by an earlier run of the server, and its datastore is no longer configured. */
  DATASTORE_GONE("datastore-gone", EndCause.NEW_ID),
  /** Its id was granted again with another fencing token: releasing it would end that lease. */
  GRANTED_AGAIN("granted-again", "its id is that of a later lease now; use a new id");

  private static final String RELEASE = "release it and use a new id";
  private static final String NEW_ID = "use a new id";

  private final String word;
  private final String advice;

  EndCause(String word, String advice) {
    this.word = word;
    this.advice = advice;
  }

  /** The word that clients see. */
  public String word() {
    return word;
  }

  /** The advice to its holder, as half a sentence. */
  public String advice() {
    return advice;
  }
}
