package io.datastored.access;

import java.util.Locale;

/**
 * An audit field is one of the values that a line of the audit log may have. Immutable. Lines have
 * them in this order, after {@code time}, {@code event}, {@code principal} and {@code verified_by}.
 */
public enum AuditField {
  /** The address that the server saw. */
  PEER,
  /** What was done or attempted; of a lease its operation. */
  VERB,
  DATASTORE,
  /** The maintenance mode after the change, or the one that is drained. */
  MODE,
  PREVIOUS_MODE,
  /** One of {@code ok}, {@code unknown} and {@code denied}. */
  OUTCOME,
  /** Why, for display. */
  REASON,
  FENCING_TOKEN,
  /** The first characters of an id: the whole id is a capability of its owner. */
  LEASE_ID,
  /** The first characters of an id, likewise. */
  SESSION_ID,
  /** The principal that a lease or session belongs to. */
  OWNER,
  /** The number of lines that this one stands for. */
  COUNT,
  /** The revision on which a change was decided. */
  REVISION_BEFORE,
  REVISION_AFTER,
  /** The etag of the datastore after the change. */
  ETAG,
  REQUEST_ID,
  /** The program, as the client reports it; not verified, as the following ones. */
  CLIENT,
  HOST,
  PID,
  PURPOSE;

  /** The name in the line. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether it is what a client says of itself; such fields are in the object {@code told}. */
  boolean isTold() {
    return compareTo(CLIENT) >= 0;
  }
}
