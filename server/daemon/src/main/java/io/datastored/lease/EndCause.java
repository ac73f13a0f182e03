package io.datastored.lease;

/** An end cause says why a lease that a client believes in is not there. Immutable. */
public enum EndCause {
  /** Its ttl ran out. */
  EXPIRED("expired"),
  /** This server does not know it: released, never granted, or forgotten after its end. */
  NOT_KNOWN("not-known"),
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
